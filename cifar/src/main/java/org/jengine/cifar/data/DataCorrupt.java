package org.jengine.cifar.data;

/** A data set is not what it should be; the message names the file, the place in it and the remedy. */
public final class DataCorrupt extends RuntimeException {
    public DataCorrupt(String message) {
        super(message);
    }

    public DataCorrupt(String message, Throwable cause) {
        super(message, cause);
    }
}
