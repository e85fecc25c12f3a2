package org.jengine.runtime;

/** There is not enough device memory for what was planned; the message says what was asked and what is left. */
public final class OutOfDeviceMemory extends DeviceException {
    private final long asked;
    private final long left;

    public OutOfDeviceMemory(String message, long asked, long left) {
        super(message);
        this.asked = asked;
        this.left = left;
    }

    /** Bytes asked for. */
    public long asked() {
        return asked;
    }

    /** Bytes that could be had, or -1 if the device does not tell. */
    public long left() {
        return left;
    }
}
