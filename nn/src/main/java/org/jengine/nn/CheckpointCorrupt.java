package org.jengine.nn;

/** A weights file cannot be used; the message names the file, the place in it and the remedy. */
public final class CheckpointCorrupt extends RuntimeException {
    public CheckpointCorrupt(String message) {
        super(message);
    }

    public CheckpointCorrupt(String message, Throwable cause) {
        super(message, cause);
    }
}
