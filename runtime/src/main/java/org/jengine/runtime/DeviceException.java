package org.jengine.runtime;

/** A device or one of its libraries failed. The message names the call, its status, the device and the sizes. */
public class DeviceException extends RuntimeException {
    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
