package org.jengine.softcuda.simt;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.work.Turn;

/** Runs launches, block by block on the thread that asks. */
public final class Machine {
    /** Jumps backwards after which a block is taken to wait for another one. */
    private static final int LONG_SLICE = 1 << 20;
    private static final int COOPERATIVE_SLICE = 256;
    private static final int LEAST_SLICE = 64;

    /** Blocks of an ordinary launch that wait for others at a time. */
    private static final int MOST_WAITING = 256;

    private static final int WORKSPACE_BYTES = 64;

    private final AddressSpace space;
    private final MachineLimits limits;
    private final Random random;
    private final Consumer<String> printer;
    private Allocation workspace;
    private long launches;

    /**
     * @param seed    draws in which order blocks run
     * @param printer gets what kernels print
     */
    public Machine(AddressSpace space, MachineLimits limits, long seed, Consumer<String> printer) {
        this.space = space;
        this.limits = limits;
        this.printer = printer;
        random = new Random(seed);
    }

    /**
     * Runs a launch to its end. All blocks of a cooperative one are under way together; of an ordinary one, a block that seems to wait
     * lets others go on, but no block can count on it.
     *
     * @param turn    which performance this is; reports tell of it
     * @param watches see what the launch does; none costs nothing
     * @throws org.jengine.softcuda.check.Fault if a GPU would end the context
     */
    public void run(Launch launch, Turn turn, List<Watch> watches) {
        Run run = new Run(space, limits, printer, launch, watches, ++launches);
        if (launch.cooperative()) {
            workspace = workspace == null ? space.allocate(Allocation.Kind.MACHINE, WORKSPACE_BYTES, "grid barrier") : workspace;
            workspace.write(0, new byte[WORKSPACE_BYTES], 0, WORKSPACE_BYTES);
            run.useWorkspace(workspace);
            cooperate(run);
        } else {
            oneByOne(run);
        }
    }

    private void cooperate(Run run) {
        Deque<Block> going = new ArrayDeque<>();
        for (long number : order(run.launch().blocks())) {
            Block block = new Block(run);
            block.begin(run, number);
            run.starts(number);
            if (block.go(COOPERATIVE_SLICE)) {
                run.ends();
            } else {
                going.add(block);
            }
        }
        rotate(run, going, COOPERATIVE_SLICE);
    }

    private static void rotate(Run run, Deque<Block> going, int jumps) {
        while (!going.isEmpty()) {
            Block block = going.remove();
            run.continues(block.number());
            if (block.go(jumps)) {
                run.ends();
            } else {
                going.add(block);
            }
        }
    }

    private void oneByOne(Run run) {
        Deque<Block> waiting = new ArrayDeque<>();
        int slice = LONG_SLICE;
        Block block = run.kernel().spare(run);
        for (long number : order(run.launch().blocks())) {
            block.begin(run, number);
            run.starts(number);
            if (block.go(slice)) {
                run.ends();
            } else {
                waiting.add(block);
                block = new Block(run);
                slice = Math.max(slice / 2, LEAST_SLICE);
            }
            for (int k = waiting.size(); k > 0 || waiting.size() >= MOST_WAITING; k--) {
                Block other = waiting.remove();
                run.continues(other.number());
                if (other.go(slice)) {
                    run.ends();
                } else {
                    waiting.add(other);
                }
            }
        }
        run.kernel().keep(block);
        rotate(run, waiting, LONG_SLICE);
    }

    /** The blocks' numbers: upwards, downwards or with a step that meets each once. */
    private Iterable<Long> order(long blocks) {
        int way = random.nextInt(4);
        long step = way < 2 ? 1 : way == 2 ? blocks - 1 : step(blocks);
        long start = way < 2 ? 0 : way == 2 ? blocks - 1 : Math.floorMod(random.nextLong(), blocks);
        return () -> new java.util.Iterator<>() {
            private long done;
            private long next = start;

            @Override
            public boolean hasNext() {
                return done < blocks;
            }

            @Override
            public Long next() {
                if (done == blocks) {
                    throw new java.util.NoSuchElementException();
                }
                long now = next;
                done++;
                next = (next + step) % blocks;
                return now;
            }
        };
    }

    private long step(long blocks) {
        while (true) {
            long step = 1 + Math.floorMod(random.nextLong(), blocks);
            long a = step;
            for (long b = blocks; b != 0;) {
                long rest = a % b;
                a = b;
                b = rest;
            }
            if (a == 1) {
                return step;
            }
        }
    }
}
