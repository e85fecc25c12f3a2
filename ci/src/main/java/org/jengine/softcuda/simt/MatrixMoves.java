package org.jengine.softcuda.simt;

/** ldmatrix, stmatrix and movmatrix: matrices of 8 by 8 values of 16 bits, of which each lane of a warp holds two of a row. */
final class MatrixMoves {
    private static final int SIDE = 8;
    private static final int ROW_BYTES = 16;

    private MatrixMoves() {
    }

    /** The lanes that give the rows' addresses. */
    private static Mask givers(Mask active, int matrices) {
        long[] words = active.words().clone();
        int low = matrices == 4 ? -1 : (1 << matrices * SIDE) - 1;
        long both = low & 0xffffffffL | (long) low << Integer.SIZE;
        for (int w = 0; w < words.length; w++) {
            words[w] &= both;
        }
        return new Mask(words);
    }

    /** Where in a warp's rows the lane's first or second value of a matrix lies. */
    private static int place(int lane, int matrix, int second, boolean transposed) {
        int row = transposed ? 2 * (lane % 4) + second : lane / 4;
        int column = transposed ? lane / 4 : 2 * (lane % 4) + second;
        return (matrix * SIDE + row) * ROW_BYTES + 2 * column;
    }

    /** The rows of all warps, 16 bytes for each lane, read from or written to shared memory. */
    private static final class Rows extends MemoryStep {
        private final boolean store;
        private byte[] rows;

        Rows(int pc, Place place, boolean store) {
            super(pc, place, ROW_BYTES, ROW_BYTES, store ? Watch.Access.STORE : Watch.Access.LOAD);
            this.store = store;
        }

        @Override
        void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
            for (int k = from; k < to; k++) {
                int place = shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * ROW_BYTES;
                if (store) {
                    System.arraycopy(rows, k * ROW_BYTES, memory, place, ROW_BYTES);
                } else {
                    System.arraycopy(memory, place, rows, k * ROW_BYTES, ROW_BYTES);
                }
            }
        }
    }

    /** ldmatrix. */
    static final class Load extends Step {
        private final Rows source;
        private final int[] slots;
        private final boolean transposed;

        Load(int pc, MemoryStep.Place place, int[] slots, boolean transposed) {
            super(pc);
            source = new Rows(pc, place, false);
            this.slots = slots;
            this.transposed = transposed;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            source.rows = new byte[block.lanes() * ROW_BYTES];
            source.run(block, frame, givers(mask, slots.length));
            for (int k = mask.first(); k < mask.end(); k++) {
                int base = (k - k % Warps.SIZE) * ROW_BYTES;
                for (int m = 0; m < slots.length && mask.has(k); m++) {
                    long low = Transfer.get(source.rows, base + place(k % Warps.SIZE, m, 0, transposed), Short.BYTES, false);
                    long high = Transfer.get(source.rows, base + place(k % Warps.SIZE, m, 1, transposed), Short.BYTES, false);
                    Lanes.set(frame.register(slots[m]), k, low | high << Short.SIZE);
                }
            }
        }
    }

    /** stmatrix. */
    static final class Store extends Step {
        private final Rows target;
        private final int[] slots;
        private final boolean transposed;

        Store(int pc, MemoryStep.Place place, int[] slots, boolean transposed) {
            super(pc);
            target = new Rows(pc, place, true);
            this.slots = slots;
            this.transposed = transposed;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            target.rows = new byte[block.lanes() * ROW_BYTES];
            for (int k = mask.first(); k < mask.end(); k++) {
                int base = (k - k % Warps.SIZE) * ROW_BYTES;
                for (int m = 0; m < slots.length && mask.has(k); m++) {
                    long bits = Lanes.bits(frame.register(slots[m]), k);
                    Transfer.put(target.rows, base + place(k % Warps.SIZE, m, 0, transposed), Short.BYTES, bits);
                    Transfer.put(target.rows, base + place(k % Warps.SIZE, m, 1, transposed), Short.BYTES, bits >>> Short.SIZE);
                }
            }
            target.run(block, frame, givers(mask, slots.length));
        }
    }

    /** movmatrix.trans: exchanges rows and columns. */
    static final class Transpose extends Step {
        private final int to;
        private final int from;

        Transpose(int pc, int to, int from) {
            super(pc);
            this.to = to;
            this.from = from;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            byte[] rows = new byte[block.lanes() * ROW_BYTES];
            for (int k = mask.first(); k < mask.end(); k++) {
                int base = (k - k % Warps.SIZE) * ROW_BYTES;
                Transfer.put(rows, base + place(k % Warps.SIZE, 0, 0, false), Integer.BYTES, Lanes.bits(frame.register(from), k));
            }
            for (int k = mask.first(); k < mask.end(); k++) {
                int base = (k - k % Warps.SIZE) * ROW_BYTES;
                if (mask.has(k)) {
                    long low = Transfer.get(rows, base + place(k % Warps.SIZE, 0, 0, true), Short.BYTES, false);
                    long high = Transfer.get(rows, base + place(k % Warps.SIZE, 0, 1, true), Short.BYTES, false);
                    Lanes.set(frame.register(to), k, low | high << Short.SIZE);
                }
            }
        }
    }
}
