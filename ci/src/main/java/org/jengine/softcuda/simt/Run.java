package org.jengine.softcuda.simt;

import java.util.List;
import java.util.function.Consumer;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;

/** A launch while it runs: what all of its blocks share. */
final class Run {
    private final AddressSpace space;
    private final MachineLimits limits;
    private final Consumer<String> printer;
    private final Launch launch;
    private final KernelCode kernel;
    private final Watch[] watches;
    private final long number;
    private final Faults faults;
    private final int sharedBytes;
    private Allocation workspace;

    Run(AddressSpace space, MachineLimits limits, Consumer<String> printer, Launch launch, List<Watch> watches, long number) {
        this.space = space;
        this.limits = limits;
        this.printer = printer;
        this.launch = launch;
        this.number = number;
        kernel = (KernelCode) launch.kernel();
        this.watches = watches.toArray(Watch[]::new);
        faults = new Faults(space);
        sharedBytes = kernel.dynamicStart() + launch.dynamicShared();
    }

    AddressSpace space() {
        return space;
    }

    Launch launch() {
        return launch;
    }

    KernelCode kernel() {
        return kernel;
    }

    /** Counts the machine's launches. */
    long number() {
        return number;
    }

    Faults faults() {
        return faults;
    }

    int multiprocessors() {
        return limits.multiprocessors();
    }

    int localLimit() {
        return limits.localBytes();
    }

    /** Of a block, dynamic memory included. */
    int sharedBytes() {
        return sharedBytes;
    }

    /** The words with which a cooperative grid's barrier works; 0 for other launches. */
    long gridWorkspace() {
        return workspace == null ? 0 : workspace.base();
    }

    void useWorkspace(Allocation words) {
        workspace = words;
    }

    void print(String text) {
        printer.accept(text);
    }

    boolean watched() {
        return watches.length > 0;
    }

    void starts(long block) {
        for (Watch watch : watches) {
            watch.blockStarts(block, launch.threads());
        }
    }

    void continues(long block) {
        for (Watch watch : watches) {
            watch.blockContinues(block);
        }
    }

    void ends() {
        for (Watch watch : watches) {
            watch.blockEnds();
        }
    }

    void global(int pc, Watch.Access access, Allocation allocation, long[] offsets, Mask active, int bytes) {
        for (Watch watch : watches) {
            watch.global(pc, access, allocation, offsets, active.words(), bytes);
        }
    }

    void shared(int pc, Watch.Access access, int[] addresses, Mask active, int bytes) {
        for (Watch watch : watches) {
            watch.shared(pc, access, addresses, active.words(), bytes);
        }
    }

    void arrives(int pc, int[] addresses, Mask active, int bytes) {
        for (Watch watch : watches) {
            watch.arrives(pc, addresses, active.words(), bytes);
        }
    }

    void bulkAsked(BulkCopy copy) {
        for (Watch watch : watches) {
            watch.bulkAsked(copy);
        }
    }

    void bulkRead(BulkCopy copy) {
        for (Watch watch : watches) {
            watch.bulkRead(copy);
        }
    }

    void bulkArrived(BulkCopy copy, int barrier) {
        for (Watch watch : watches) {
            watch.bulkArrived(copy, barrier);
        }
    }

    void barrier(int pc, Mask active) {
        for (Watch watch : watches) {
            watch.barrier(pc, active.words());
        }
    }

    void warpBarrier(int pc, Mask active) {
        for (Watch watch : watches) {
            watch.warpBarrier(pc, active.words());
        }
    }

    void executes(int pc, Mask active, Mask live) {
        boolean parted = false;
        if (active.count() != live.count()) {
            for (int w = 0; w < launch.threads(); w += Warps.SIZE) {
                int part = active.warp(w / Warps.SIZE);
                parted |= part != 0 && part != live.warp(w / Warps.SIZE);
            }
        }
        for (Watch watch : watches) {
            watch.executes(pc, active.words(), parted);
        }
    }
}
