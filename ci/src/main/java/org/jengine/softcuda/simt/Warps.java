package org.jengine.softcuda.simt;

/** What a warp is. */
final class Warps {
    /** Lanes of a warp. */
    static final int SIZE = 32;

    private Warps() {
    }
}
