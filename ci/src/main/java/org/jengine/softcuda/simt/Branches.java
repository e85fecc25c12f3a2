package org.jengine.softcuda.simt;

import java.util.List;
import org.jengine.softcuda.simt.alu.Values;

/** The jumps within a function, and the ends. */
final class Branches {
    private Branches() {
    }

    /** bra. */
    static final class Direct extends Jump {
        private int target;

        Direct(int pc) {
            super(pc);
        }

        void to(int step) {
            target = step;
        }

        @Override
        int go(Block block, Group group, Mask active) {
            if (active == group.mask()) {
                return target;
            }
            block.push(group.at(group.at() + 1, group.mask().minus(active)));
            block.push(group.at(target, active));
            return ELSEWHERE;
        }
    }

    /** brx.idx: each lane goes to the label of its number. */
    static final class Indexed extends Jump {
        private final int index;
        private final int[] targets;

        Indexed(int pc, int index, int labels) {
            super(pc);
            this.index = index;
            targets = new int[labels];
        }

        void to(int number, int step) {
            targets[number] = step;
        }

        @Override
        int go(Block block, Group group, Mask active) {
            if (active != group.mask()) {
                block.push(group.at(group.at() + 1, group.mask().minus(active)));
            }
            int[] numbers = group.frame().register(index).i;
            for (Mask rest = active; !rest.empty();) {
                int number = numbers[rest.first()];
                if (number < 0 || number >= targets.length) {
                    throw block.run().faults().illegal(block, group.frame(), this, rest.first(),
                            "branch to label " + number + " of " + targets.length);
                }
                boolean[] same = new boolean[numbers.length];
                for (int k = 0; k < same.length; k++) {
                    same[k] = numbers[k] == number;
                }
                Mask part = rest.where(same, false);
                block.push(group.at(targets[number], part));
                rest = rest.minus(part);
            }
            return ELSEWHERE;
        }
    }

    /** exit, and ret of a kernel. */
    static final class Exit extends Jump {
        Exit(int pc) {
            super(pc);
        }

        @Override
        int go(Block block, Group group, Mask active) {
            block.exit(active);
            if (active != group.mask()) {
                block.push(group.at(group.at() + 1, group.mask().minus(active)));
            }
            return ELSEWHERE;
        }
    }

    /** trap, and brkpt, which ends a kernel where there is no debugger. */
    static final class Trap extends Step {
        private final String what;

        Trap(int pc, String what) {
            super(pc);
            this.what = what;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            throw block.run().faults().illegal(block, frame, this, mask.first(), "the kernel ended itself by " + what);
        }
    }

    /** ret of a device function: copies the results to where the call wants them. */
    static final class Return extends Jump {
        Return(int pc) {
            super(pc);
        }

        @Override
        int go(Block block, Group group, Mask active) {
            if (active != group.mask()) {
                block.push(group.at(group.at() + 1, group.mask().minus(active)));
            }
            Frame frame = group.frame();
            Frame caller = frame.caller();
            CallStep call = (CallStep) caller.code().steps()[frame.callStep()];
            call.pass(block, frame, frame.code().results(), caller, call.results(), active);
            block.push(new Group(caller, frame.callStep() + 1, active, group.penalty()));
            return ELSEWHERE;
        }
    }

    /** The number of a function whose address a lane has, by the addresses that {@link LoadedModule} gives them. */
    static final class Targets {
        private final Values addresses;

        Targets(Values addresses) {
            this.addresses = addresses;
        }

        /** The function of the first lane, and in {@code same} who has the same. */
        FunctionCode first(Mask mask, List<FunctionCode> functions, boolean[] same) {
            long address = addresses.l[mask.first()];
            for (int k = 0; k < same.length; k++) {
                same[k] = addresses.l[k] == address;
            }
            return functions.stream().filter(f -> LoadedModule.address(f.number()) == address).findFirst().orElse(null);
        }
    }
}
