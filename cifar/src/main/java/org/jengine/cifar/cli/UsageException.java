package org.jengine.cifar.cli;

/** The command line asks for something that cannot be; the message says what can. */
public final class UsageException extends RuntimeException {
    public UsageException(String message) {
        super(message);
    }

    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
