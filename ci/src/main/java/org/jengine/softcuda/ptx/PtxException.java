package org.jengine.softcuda.ptx;

/** A module that cannot be loaded: the line of its text, and why. */
public final class PtxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    public PtxException(int line, String message) {
        super("ptxas application ptx input, line " + line + "; error   : " + message);
        this.line = line;
    }

    /** Counted from 1. */
    public int line() {
        return line;
    }
}
