package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Fragment;
import org.jengine.softcuda.simt.alu.Values;

/**
 * wmma.load and wmma.store: matrices between memory and the registers of a warp. The lanes take a matrix's rows, or columns, in turns by
 * pieces of up to 16 bytes, as memory is best read; which lane holds which element afterwards is {@link Fragment}'s affair.
 */
final class FragmentMoves extends Step {
    private static final int MOST_PIECE = 16;

    private final Pieces pieces;
    private final Fragment fragment;
    private final boolean byRows;
    private final boolean store;
    private final MemoryStep.Place place;
    private final int addresses;
    private final int stride;
    private final int[] slots;

    /**
     * @param place     of the matrix
     * @param addresses a slot like that of the place, for the addresses of pieces
     * @param stride    the slot of the elements from row to row, or from column to column; -1 if they lie one behind the other
     * @param slots     of the fragment's registers
     */
    FragmentMoves(int pc, Fragment fragment, boolean byRows, boolean store, MemoryStep.Place place, int addresses, int stride,
            int[] slots) {
        super(pc);
        this.fragment = fragment;
        this.byRows = byRows;
        this.store = store;
        this.place = place;
        this.addresses = addresses;
        this.stride = stride;
        this.slots = slots;
        int piece = Math.min(MOST_PIECE, line() * elementBytes());
        pieces = new Pieces(pc, new MemoryStep.Place(place.where(), addresses, place.offset()), piece, store);
    }

    /** Elements of a row, or of a column. */
    private int line() {
        return byRows ? fragment.columns() : fragment.rows();
    }

    private int elementBytes() {
        return fragment.bits() / Byte.SIZE;
    }

    private int matrixBytes() {
        return fragment.rows() * fragment.columns() * elementBytes();
    }

    @Override
    void run(Block block, Frame frame, Mask mask) {
        int warps = block.lanes() / Warps.SIZE;
        pieces.matrices = new byte[warps * matrixBytes()];
        if (store) {
            gather(frame, mask, warps);
        }
        int inAll = matrixBytes() / pieces.bytes();
        for (pieces.first = 0; pieces.first < inAll; pieces.first += Warps.SIZE) {
            Mask movers = aim(frame, mask, Math.min(Warps.SIZE, inAll - pieces.first));
            pieces.run(block, frame, movers);
        }
        if (!store) {
            spread(frame, mask, warps);
        }
    }

    /** Gives the first lanes of each warp the addresses of their next pieces; returns those lanes. */
    private Mask aim(Frame frame, Mask mask, int count) {
        long low = count == Warps.SIZE ? 0xffffffffL : (1L << count) - 1;
        long[] words = mask.words().clone();
        for (int w = 0; w < words.length; w++) {
            words[w] &= low | low << Warps.SIZE;
        }
        Mask movers = new Mask(words);
        Values bases = frame.register(place.base());
        Values to = frame.register(addresses);
        int[] strides = stride < 0 ? null : frame.register(stride).i;
        int inLine = line() * elementBytes() / pieces.bytes();
        for (int k = movers.first(); k < movers.end(); k++) {
            int piece = pieces.first + k % Warps.SIZE;
            long apart = (long) (strides == null ? line() : strides[k]) * elementBytes();
            if (movers.has(k)) {
                long base = bases.i != null ? bases.i[k] : bases.l[k];
                Lanes.set(to, k, base + piece / inLine * apart + (long) piece % inLine * pieces.bytes());
            }
        }
        return movers;
    }

    /** Where in a warp's matrix, as memory has it without gaps, an element lies. */
    private int byteOf(int element) {
        return (int) fragment.place(element, byRows, line()) * elementBytes();
    }

    private void gather(Frame frame, Mask mask, int warps) {
        for (int r = 0; r < slots.length; r++) {
            Values register = frame.register(slots[r]);
            for (int lane = 0; lane < warps * Warps.SIZE; lane++) {
                for (int part = 0; mask.has(lane) && part < fragment.perRegister(); part++) {
                    int at = lane / Warps.SIZE * matrixBytes() + byteOf(fragment.element(lane % Warps.SIZE, r, part));
                    Transfer.put(pieces.matrices, at, elementBytes(), Lanes.bits(register, lane) >>> part * fragment.bits());
                }
            }
        }
    }

    private void spread(Frame frame, Mask mask, int warps) {
        for (int r = 0; r < slots.length; r++) {
            Values register = frame.register(slots[r]);
            for (int lane = 0; lane < warps * Warps.SIZE; lane++) {
                long bits = 0;
                for (int part = 0; part < fragment.perRegister(); part++) {
                    int at = lane / Warps.SIZE * matrixBytes() + byteOf(fragment.element(lane % Warps.SIZE, r, part));
                    bits |= Transfer.get(pieces.matrices, at, elementBytes(), false) << part * fragment.bits();
                }
                if (mask.has(lane)) {
                    Lanes.set(register, lane, bits);
                }
            }
        }
    }

    /** A piece for each lane, one behind the other in a warp's matrix. */
    private final class Pieces extends MemoryStep {
        private final boolean store;
        private byte[] matrices;
        private int first;

        Pieces(int pc, Place place, int bytes, boolean store) {
            super(pc, place, bytes, bytes, store ? Watch.Access.STORE : Watch.Access.LOAD);
            this.store = store;
        }

        @Override
        void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
            for (int k = from; k < to; k++) {
                int there = shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * bytes();
                int here = k / Warps.SIZE * matrixBytes() + (first + k % Warps.SIZE) * bytes();
                if (store) {
                    System.arraycopy(matrices, here, memory, there, bytes());
                } else {
                    System.arraycopy(memory, there, matrices, here, bytes());
                }
            }
        }
    }
}
