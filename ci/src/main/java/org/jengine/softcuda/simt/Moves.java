package org.jengine.softcuda.simt;

import java.util.function.ToLongFunction;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.alu.Values;

/** Steps that compute nothing: copies, packing, and what the machine says at the moment. */
final class Moves {
    private Moves() {
    }

    /** Copies bits from slot to slot, whatever their kinds. */
    static final class Copy extends Step {
        private final int from;
        private final int to;

        Copy(int pc, int from, int to) {
            super(pc);
            this.from = from;
            this.to = to;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            if (block.whole()) {
                Lanes.copy(frame.register(from), frame.register(to), 0, block.lanes());
            } else {
                Lanes.copy(frame.register(from), frame.register(to), mask);
            }
        }
    }

    /** The opposite of a predicate. */
    static final class Not extends Step {
        private final int from;
        private final int to;

        Not(int pc, int from, int to) {
            super(pc);
            this.from = from;
            this.to = to;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            boolean[] source = frame.register(from).p;
            boolean[] target = frame.register(to).p;
            int[] runs = mask.runs();
            for (int r = 0; r < runs.length; r += 2) {
                for (int k = runs[r]; k < runs[r + 1]; k++) {
                    target[k] = !source[k];
                }
            }
        }
    }

    /** Puts values together to a wider one, the first lowest. */
    static final class Pack extends Step {
        private final int[] parts;
        private final int bits;
        private final int whole;

        Pack(int pc, int[] parts, int bits, int whole) {
            super(pc);
            this.parts = parts;
            this.bits = bits;
            this.whole = whole;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            Values[] from = frame.pick(parts);
            Values to = frame.register(whole);
            int[] runs = mask.runs();
            for (int r = 0; r < runs.length; r += 2) {
                for (int k = runs[r]; k < runs[r + 1]; k++) {
                    long value = 0;
                    for (int p = 0; p < from.length; p++) {
                        value |= (Lanes.bits(from[p], k) & -1L >>> Long.SIZE - bits) << p * bits;
                    }
                    Lanes.set(to, k, value);
                }
            }
        }
    }

    /** Takes a value apart, the lowest first. */
    static final class Unpack extends Step {
        private final int whole;
        private final int bits;
        private final int[] parts;

        /** @param parts slots; -1 where a part is not wanted */
        Unpack(int pc, int whole, int bits, int[] parts) {
            super(pc);
            this.whole = whole;
            this.bits = bits;
            this.parts = parts;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            Values from = frame.register(whole);
            int[] runs = mask.runs();
            // The whole may be one of the parts: all of a lane is read before any of it is written.
            for (int r = 0; r < runs.length; r += 2) {
                for (int k = runs[r]; k < runs[r + 1]; k++) {
                    long value = Lanes.bits(from, k);
                    for (int p = 0; p < parts.length; p++) {
                        if (parts[p] >= 0) {
                            Lanes.set(frame.register(parts[p]), k, value >>> p * bits & -1L >>> Long.SIZE - bits);
                        }
                    }
                }
            }
        }
    }

    /** Reads what changes while the block runs. */
    static final class Read extends Step {
        private final int to;
        private final ToLongFunction<Block> source;

        Read(int pc, int to, ToLongFunction<Block> source) {
            super(pc);
            this.to = to;
            this.source = source;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            Lanes.fill(frame.register(to), mask, source.applyAsLong(block));
        }
    }

    /** activemask: the lanes of the warp that execute it together. */
    static final class ActiveMask extends Step {
        private final int to;

        ActiveMask(int pc, int to) {
            super(pc);
            this.to = to;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            int[] values = frame.register(to).i;
            for (int k = mask.first(); k < mask.end(); k++) {
                if (mask.has(k)) {
                    values[k] = mask.warp(k / Warps.SIZE);
                }
            }
        }
    }

    /** cvta: adds the start of a window to an address, or takes it off again. */
    static final class Shift extends Step {
        private final int from;
        private final int to;
        private final long distance;

        Shift(int pc, int from, int to, long distance) {
            super(pc);
            this.from = from;
            this.to = to;
            this.distance = distance;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            Values source = frame.register(from);
            Values target = frame.register(to);
            int[] runs = mask.runs();
            for (int r = 0; r < runs.length; r += 2) {
                for (int k = runs[r]; k < runs[r + 1]; k++) {
                    long address = source.i != null ? source.i[k] & 0xffffffffL : source.l[k];
                    if (target.i != null) {
                        target.i[k] = (int) (address + distance);
                    } else {
                        target.l[k] = address + distance;
                    }
                }
            }
        }
    }

    /** isspacep: whether a generic address lies in a window. */
    static final class InWindow extends Step {
        private final int address;
        private final int to;
        private final long start;
        private final long end;
        private final Boolean constant;

        /** @param constant whether it has to be memory of constants, or may not; null if neither can lie there */
        InWindow(int pc, int address, int to, long start, long end, Boolean constant) {
            super(pc);
            this.address = address;
            this.to = to;
            this.start = start;
            this.end = end;
            this.constant = constant;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            long[] addresses = frame.register(address).l;
            boolean[] target = frame.register(to).p;
            int[] runs = mask.runs();
            for (int r = 0; r < runs.length; r += 2) {
                for (int k = runs[r]; k < runs[r + 1]; k++) {
                    target[k] = addresses[k] >= start && addresses[k] < end
                            && (constant == null || constant == ofConstants(block.run().space().find(addresses[k], 1)));
                }
            }
        }
    }

    private static boolean ofConstants(Allocation found) {
        return found != null && found.kind() == Allocation.Kind.CONSTANT;
    }

    /** Something without an effect here: a hint, or a fence among steps that all happen in their order. */
    static final class Nothing extends Step {
        Nothing(int pc) {
            super(pc);
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            // Watches are told of it as of any other.
        }
    }
}
