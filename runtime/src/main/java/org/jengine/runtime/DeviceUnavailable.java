package org.jengine.runtime;

/** A device that was asked for cannot be used; the message says why and what to do. */
public final class DeviceUnavailable extends DeviceException {
    public DeviceUnavailable(String message) {
        super(message);
    }

    public DeviceUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
