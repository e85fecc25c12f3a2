package org.jengine.softcuda.count;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.BulkCopy;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;

/** Counts one launch. */
final class CountWatch implements Watch {
    private final Launch launch;
    private final Opcodes opcodes;
    private final long[] lanes;
    private final long[] warps;
    private final Sectors sectors = new Sectors();
    private final Banks banks = new Banks();
    private final Map<Allocation, Sectors.Touched> read = new IdentityHashMap<>();
    private final Map<Allocation, Sectors.Touched> written = new IdentityHashMap<>();
    private final Allocation[] lastAllocation;
    private final Sectors.Touched[] lastTouched;
    private final long[] asked = new long[Access.values().length];
    private long moved;
    private long fewest;
    private long passes;
    private long fewestPasses;
    private long parted;
    private long divergent;
    private final long[] together;

    CountWatch(Launch launch, Opcodes opcodes) {
        this.launch = launch;
        this.opcodes = opcodes;
        lanes = new long[opcodes.kind.length];
        warps = new long[lanes.length];
        lastAllocation = new Allocation[lanes.length];
        together = new long[(launch.threads() + Long.SIZE - 1) / Long.SIZE];
        lastTouched = new Sectors.Touched[lanes.length];
    }

    @Override
    public void blockStarts(long block, int threads) {
        Arrays.fill(together, 0);
    }

    @Override
    public void blockEnds() {
        // Nothing is kept by block.
    }

    @Override
    public void barrier(int pc, long[] active) {
        // Its instruction is counted where it is executed.
    }

    @Override
    public void warpBarrier(int pc, long[] active) {
        // Likewise.
    }

    @Override
    public void executes(int pc, long[] active, boolean isParted) {
        int count = 0;
        int warpCount = 0;
        for (long word : active) {
            count += Long.bitCount(word);
            warpCount += ((int) word != 0 ? 1 : 0) + (word >>> Integer.SIZE != 0 ? 1 : 0);
        }
        lanes[pc] += count;
        warps[pc] += warpCount;
        if (isParted) {
            parted += warpCount;
        }
        if (!opcodes.predicated[pc]) {
            System.arraycopy(active, 0, together, 0, together.length);
        } else if (opcodes.branch[pc]) {
            divergent += split(active);
        }
    }

    /** Of how many warps only a part jumps; the lanes that came to the branch are those of the last instruction without a predicate. */
    private int split(long[] jumping) {
        int count = 0;
        for (int i = 0; i < together.length; i++) {
            for (int shift = 0; shift < Long.SIZE; shift += Machine.WARP) {
                int jump = (int) (jumping[i] >>> shift);
                count += jump != 0 && (jump | (int) (together[i] >>> shift)) != jump ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public void global(int pc, Access access, Allocation allocation, long[] offsets, long[] active, int bytes) {
        if (allocation.kind() == Allocation.Kind.MACHINE) {
            return;
        }
        if (lastAllocation[pc] != allocation) {
            lastAllocation[pc] = allocation;
            lastTouched[pc] = (access == Access.LOAD ? read : written).computeIfAbsent(allocation, Sectors.Touched::new);
        }
        Sectors.Touched touched = lastTouched[pc];
        for (int first = 0; first < launch.threads(); first += Machine.WARP) {
            int mask = (int) (active[first >> 6] >>> first);
            if (mask != 0) {
                sectors.count(offsets, first, mask, bytes, touched);
                asked[access.ordinal()] += (long) Integer.bitCount(mask) * bytes;
                moved += sectors.moved();
                fewest += sectors.fewest();
            }
        }
    }

    @Override
    public void bulkAsked(BulkCopy copy) {
        moves(copy.from(), Access.LOAD);
        moves(copy.to(), Access.STORE);
    }

    /** A bulk copy moves whole sectors, one after the other; in shared memory it takes no passes of a warp's. */
    private void moves(BulkCopy.Span span, Access access) {
        if (!span.shared() && span.bytes() > 0) {
            long last = span.start() + span.bytes() - 1;
            (access == Access.LOAD ? read : written).computeIfAbsent(span.allocation(), Sectors.Touched::new).add(span.start(), last);
            asked[access.ordinal()] += span.bytes();
            moved += last / Sectors.BYTES - span.start() / Sectors.BYTES + 1;
            fewest += (span.bytes() + Sectors.BYTES - 1) / Sectors.BYTES;
        }
    }

    @Override
    public void shared(int pc, Access access, int[] addresses, long[] active, int bytes) {
        for (int first = 0; first < launch.threads(); first += Machine.WARP) {
            int mask = (int) (active[first >> 6] >>> first);
            if (mask != 0) {
                banks.count(addresses, first, mask, bytes);
                passes += banks.passes();
                fewestPasses += banks.fewest();
            }
        }
    }

    /** Adds the launch to its kernel's counts; returns the time a GPU would need at least, in seconds. */
    double end(KernelCount kernel, Machine machine) {
        Map<String, Double> flops = new TreeMap<>();
        long issued = 0;
        for (int pc = 0; pc < lanes.length; pc++) {
            issued += warps[pc];
            if (lanes[pc] > 0) {
                kernel.instructions.merge(opcodes.kind[pc], (double) lanes[pc], Double::sum);
                if (opcodes.flops[pc] > 0) {
                    flops.merge(opcodes.type[pc], lanes[pc] * opcodes.flops[pc], Double::sum);
                }
            }
        }
        long touched = 0;
        for (Sectors.Touched one : read.values()) {
            touched += one.bytes();
        }
        for (Sectors.Touched one : written.values()) {
            touched += one.bytes();
        }
        double share = Math.min(1, (double) launch.blocks() / machine.processors());
        double bytesTime = touched / machine.bandwidth();
        double flopsTime = 0;
        for (Map.Entry<String, Double> of : flops.entrySet()) {
            double peak = machine.flops().getOrDefault(of.getKey(), Double.POSITIVE_INFINITY);
            flopsTime = Math.max(flopsTime, of.getValue() / peak / share);
            kernel.flops.merge(of.getKey(), of.getValue(), Double::sum);
        }
        double issueTime = issued / (machine.clock() * machine.processors() * Machine.ISSUES * share);
        double least = Math.max(bytesTime, Math.max(flopsTime, issueTime));
        kernel.add("launches", 1);
        kernel.add("blocks", launch.blocks());
        kernel.add("threads", (double) launch.blocks() * launch.threads());
        kernel.add("warpInstructions", issued);
        kernel.add("partedWarpInstructions", parted);
        kernel.add("divergentBranches", divergent);
        kernel.add("globalLoadBytes", asked[Access.LOAD.ordinal()]);
        kernel.add("globalStoreBytes", asked[Access.STORE.ordinal()]);
        kernel.add("globalAtomicBytes", asked[Access.ATOMIC.ordinal()]);
        kernel.add("sectorsMoved", moved);
        kernel.add("sectorsFewest", fewest);
        kernel.add("touchedBytes", touched);
        kernel.add("sharedPasses", passes);
        kernel.add("sharedConflicts", passes - fewestPasses);
        kernel.add("bytesSeconds", bytesTime);
        kernel.add("flopsSeconds", flopsTime);
        kernel.add("issueSeconds", issueTime);
        kernel.add("leastSeconds", least);
        kernel.shape(launch.threads(), launch.kernel().staticShared() + launch.dynamicShared());
        return least;
    }
}
