package org.jengine.kernels;

/** What kernels share that treat each element of a flat buffer by itself. */
final class Elements {
    /** One, fewer than a vector, a whole vector, one that nothing divides, and the edge of 33 cubed. */
    static final int[] COUNTS = {1, 7, 8, 1003, 33 * 33 * 33};

    /** Threads of a block. */
    static final int THREADS = 256;

    private Elements() {
    }

    /** Elements of a buffer: of clocks and a key what theirs are, of every other the size {@code count}. */
    static long count(String buffer, Args sizes) {
        return switch (buffer) {
            case "clock", "now", "next" -> Clock.COUNT;
            case "key" -> 2;
            default -> sizes.size("count");
        };
    }

    /** One thread per element. */
    static Grid grid(Args sizes) {
        return grid(sizes, 1);
    }

    /** One thread per {@code each} elements. */
    static Grid grid(Args sizes, int each) {
        return Grid.cover((sizes.size("count") + each - 1L) / each, THREADS);
    }
}
