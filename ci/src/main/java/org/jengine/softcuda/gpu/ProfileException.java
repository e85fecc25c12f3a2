package org.jengine.softcuda.gpu;

/** A profile that cannot be used. The message names file and line and says what to do. */
public final class ProfileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProfileException(String message, Throwable cause) {
        super(message, cause);
    }
}
