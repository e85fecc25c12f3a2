package org.jengine.kernels;

/** How many blocks of how many threads a kernel is launched with on a device that has such things. */
public record Grid(int blocksX, int blocksY, int blocksZ, int threads) {
    public Grid {
        if (blocksX < 1 || blocksY < 1 || blocksZ < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    "a grid needs positive extents: " + blocksX + "x" + blocksY + "x" + blocksZ + " of " + threads);
        }
    }

    /** One thread per item in blocks of {@code threads}, the last block partly idle. */
    public static Grid cover(long items, int threads) {
        return new Grid(Math.toIntExact((items + threads - 1) / threads), 1, 1, threads);
    }
}
