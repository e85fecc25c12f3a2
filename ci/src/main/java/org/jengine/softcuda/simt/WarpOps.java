package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/** What lanes of a warp tell one another. */
final class WarpOps {
    private WarpOps() {
    }

    /** bar.warp.sync. */
    static final class Sync extends WarpStep {
        Sync(int pc, int members) {
            super(pc, members);
        }

        @Override
        boolean barrier() {
            return true;
        }

        @Override
        void perform(Block block, Frame frame, Mask active) {
            block.run().warpBarrier(block.pc(frame, this), active);
        }
    }

    /** An instruction that all lanes of a warp have to execute together, as .aligned says. */
    static final class Together extends WarpStep {
        private final Step inner;

        Together(int pc, Step inner) {
            super(pc, -1);
            this.inner = inner;
        }

        @Override
        AluStep alu() {
            return inner.alu();
        }

        @Override
        void perform(Block block, Frame frame, Mask active) {
            inner.run(block, frame, active);
        }
    }

    /** shfl.sync. */
    static final class Shuffle extends WarpStep {
        /** Where a lane's value comes from. */
        enum Mode { UP, DOWN, BFLY, IDX }

        private final Mode mode;
        private final int to;
        private final int inRange;
        private final int from;
        private final int distance;
        private final int clamp;

        /** @param inRange where it goes whether the source lane was in range, or -1 */
        Shuffle(int pc, Mode mode, int to, int inRange, int from, int distance, int clamp, int members) {
            super(pc, members);
            this.mode = mode;
            this.to = to;
            this.inRange = inRange;
            this.from = from;
            this.distance = distance;
            this.clamp = clamp;
        }

        @Override
        void perform(Block block, Frame frame, Mask active) {
            Values source = frame.register(from);
            int[] distances = frame.register(distance).i;
            int[] clamps = frame.register(clamp).i;
            Values target = frame.register(to);
            Values made = block.scratch(new Values[] {target})[0];
            boolean[] valid = inRange < 0 ? null : frame.register(inRange).p;
            boolean floats = source.f != null && made.f != null;
            boolean ints = source.i != null && made.i != null;
            for (int k = active.first(); k < active.end(); k++) {
                int place = place(k % Warps.SIZE, distances[k], clamps[k]);
                int other = k - k % Warps.SIZE + (place & Warps.SIZE - 1);
                if (floats) {
                    made.f[k] = source.f[other];
                } else if (ints) {
                    made.i[k] = source.i[other];
                } else {
                    Lanes.set(made, k, Lanes.bits(source, other));
                }
                if (valid != null && active.has(k)) {
                    valid[k] = place < Warps.SIZE;
                }
            }
            Lanes.copy(made, target, active);
        }

        /** The source lane; plus 32 where it would be out of range, and so is the lane itself. */
        private int place(int lane, int distance, int clamp) {
            int segment = clamp >>> 8 & 0x1f;
            int step = distance & 0x1f;
            int most = lane & segment | clamp & 0x1f & ~segment;
            int place = switch (mode) {
                case UP -> lane - step;
                case DOWN -> lane + step;
                case BFLY -> lane ^ step;
                case IDX -> lane & segment | step & ~segment;
            };
            boolean in = mode == Mode.UP ? place >= most : place <= most;
            return in ? place : lane + Warps.SIZE;
        }
    }

    /** vote.sync. */
    static final class Vote extends WarpStep {
        /** What the votes make. */
        enum Mode { ALL, ANY, UNI, BALLOT }

        private final Mode mode;
        private final int to;
        private final int predicate;
        private final int members;

        Vote(int pc, Mode mode, int to, int predicate, int members) {
            super(pc, members);
            this.mode = mode;
            this.to = to;
            this.predicate = predicate;
            this.members = members;
        }

        @Override
        void perform(Block block, Frame frame, Mask active) {
            Mask holds = active.where(frame.register(predicate).p, false);
            int[] named = frame.register(members).i;
            Values target = frame.register(to);
            for (int k = active.first(); k < active.end(); k++) {
                if (active.has(k)) {
                    int all = active.warp(k / Warps.SIZE) & named[k];
                    int yes = holds.warp(k / Warps.SIZE) & all;
                    switch (mode) {
                        case ALL -> target.p[k] = yes == all;
                        case ANY -> target.p[k] = yes != 0;
                        case UNI -> target.p[k] = yes == all || yes == 0;
                        case BALLOT -> target.i[k] = yes;
                    }
                }
            }
        }
    }

    /** match.sync. */
    static final class Match extends WarpStep {
        private final boolean every;
        private final int to;
        private final int agreed;
        private final int from;
        private final int members;

        /** @param agreed where it goes whether all lanes have the same value, or -1 */
        Match(int pc, boolean every, int to, int agreed, int from, int members) {
            super(pc, members);
            this.every = every;
            this.to = to;
            this.agreed = agreed;
            this.from = from;
            this.members = members;
        }

        @Override
        void perform(Block block, Frame frame, Mask active) {
            Values source = frame.register(from);
            int[] named = frame.register(members).i;
            int[] target = frame.register(to).i;
            int[] made = new int[target.length];
            for (int k = active.first(); k < active.end(); k++) {
                int base = k - k % Warps.SIZE;
                int all = active.warp(k / Warps.SIZE) & named[k];
                int same = 0;
                for (int lane = 0; lane < Warps.SIZE; lane++) {
                    boolean equal = (all >>> lane & 1) != 0 && Lanes.bits(source, base + lane) == Lanes.bits(source, k);
                    same |= equal ? 1 << lane : 0;
                }
                made[k] = !every || same == all ? same : 0;
                if (agreed >= 0 && active.has(k)) {
                    frame.register(agreed).p[k] = same == all;
                }
            }
            for (int k = active.first(); k < active.end(); k++) {
                target[k] = active.has(k) ? made[k] : target[k];
            }
        }
    }

    /** redux.sync. */
    static final class Reduce extends WarpStep {
        /** How values are joined. */
        enum Mode { ADD, AND, OR, XOR, MIN_S, MAX_S, MIN_U, MAX_U }

        private final Mode mode;
        private final int to;
        private final int from;
        private final int members;

        Reduce(int pc, Mode mode, int to, int from, int members) {
            super(pc, members);
            this.mode = mode;
            this.to = to;
            this.from = from;
            this.members = members;
        }

        @Override
        void perform(Block block, Frame frame, Mask active) {
            int[] source = frame.register(from).i.clone();
            int[] named = frame.register(members).i.clone();
            int[] target = frame.register(to).i;
            for (int k = active.first(); k < active.end(); k++) {
                if (active.has(k)) {
                    int lanes = active.warp(k / Warps.SIZE) & named[k] | 1 << k;
                    int base = k - k % Warps.SIZE;
                    int made = source[base + Integer.numberOfTrailingZeros(lanes)];
                    for (int rest = lanes & lanes - 1; rest != 0; rest &= rest - 1) {
                        made = join(made, source[base + Integer.numberOfTrailingZeros(rest)]);
                    }
                    target[k] = made;
                }
            }
        }

        private int join(int a, int b) {
            return switch (mode) {
                case ADD -> a + b;
                case AND -> a & b;
                case OR -> a | b;
                case XOR -> a ^ b;
                case MIN_S -> Math.min(a, b);
                case MAX_S -> Math.max(a, b);
                case MIN_U -> Integer.compareUnsigned(a, b) <= 0 ? a : b;
                case MAX_U -> Integer.compareUnsigned(a, b) >= 0 ? a : b;
            };
        }
    }

    /** elect.sync: one lane of those named is chosen. */
    static final class Elect extends WarpStep {
        private final int to;
        private final int chosen;
        private final int members;

        Elect(int pc, int to, int chosen, int members) {
            super(pc, members);
            this.to = to;
            this.chosen = chosen;
            this.members = members;
        }

        @Override
        void perform(Block block, Frame frame, Mask active) {
            int[] named = frame.register(members).i.clone();
            for (int k = active.first(); k < active.end(); k++) {
                if (active.has(k)) {
                    int leader = Integer.numberOfTrailingZeros(active.warp(k / Warps.SIZE) & named[k]);
                    Lanes.set(frame.register(to), k, leader);
                    frame.register(chosen).p[k] = leader == k % Warps.SIZE;
                }
            }
        }
    }
}
