package org.jengine.softcuda.wire;

/** The program has no memory at an address that it gave, or may not write there. */
public final class HostMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long address;

    HostMemoryException(long address, long bytes) {
        super("the program has no memory for " + bytes + " bytes at 0x" + Long.toHexString(address));
        this.address = address;
    }

    public long address() {
        return address;
    }
}
