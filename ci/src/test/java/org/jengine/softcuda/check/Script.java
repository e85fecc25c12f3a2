package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.CheckedView;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;
import org.jengine.softcuda.simt.Watch.Access;
import org.jengine.softcuda.work.Turn;

/** A kernel played by hand: each line of PTX is told to the watch as an interpreter would tell it. */
public final class Script {
    /** Which lanes take part. */
    public interface Lanes {
        boolean active(int lane);
    }

    public final AddressSpace space = new AddressSpace();
    public final Reports reports = new Reports(report -> { });
    public final CheckedView view = new CheckedView(space, reports);
    public final Checker checker;
    public final int threads;
    private final List<String> lines = new ArrayList<>();
    private int turns;
    private boolean cooperative;
    private Kernel kernel;
    private Watch watch;

    public Script(int threads) {
        this(threads, Long.MAX_VALUE);
    }

    Script(int threads, long budget) {
        this.threads = threads;
        checker = new Checker(space, reports, budget);
    }

    /** All instructions that will be used: the watch reads their text when the launch starts. */
    public Script kernel(String... text) {
        lines.clear();
        lines.addAll(Arrays.asList(text));
        kernel = kernelOf("k", List.copyOf(lines), 0);
        return this;
    }

    public Script cooperative() {
        cooperative = true;
        return this;
    }

    public static Kernel kernelOf(String name, List<String> lines, int staticShared) {
        return new Kernel() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Parameter> parameters() {
                return List.of();
            }

            @Override
            public int staticShared() {
                return staticShared;
            }

            @Override
            public int localBytes() {
                return 0;
            }

            @Override
            public int maxThreads() {
                return 0;
            }

            @Override
            public int instructions() {
                return lines.size();
            }

            @Override
            public String text(int pc) {
                return lines.get(pc);
            }

            @Override
            public int ptxLine(int pc) {
                return 100 + pc;
            }

            @Override
            public String sourceLine(int pc) {
                return "k.cu:" + (pc + 1);
            }
        };
    }

    /** A turn after all earlier ones. */
    public Turn turn(String name) {
        return turn(name, earlier -> true);
    }

    public Turn turn(String name, Turn.Order order) {
        return new Turn(++turns, name, "stream 1", order);
    }

    public Script launch() {
        return launch(turn("k"));
    }

    public Script launch(Turn turn) {
        watch = checker.begin(new Launch(kernel, 1 << 20, 1, 1, threads, 1, 1, 0, new byte[0], cooperative), turn);
        return this;
    }

    public Script block(long number) {
        watch.blockStarts(number, threads);
        return this;
    }

    /** Goes on with a block that started before. */
    public Script again(long number) {
        watch.blockContinues(number);
        return this;
    }

    public Script end() {
        watch.blockEnds();
        return this;
    }

    /** Memory of so many bytes, all written by an earlier turn. */
    public Allocation memory(int bytes) {
        Allocation made = space.allocate(Allocation.Kind.DEVICE, bytes, "memory");
        view.writeBytes(turn("upload"), made.base(), new byte[bytes]);
        return made;
    }

    public Allocation fresh(int bytes) {
        return space.allocate(Allocation.Kind.DEVICE, bytes, "fresh memory");
    }

    public long[] mask(Lanes lanes) {
        long[] active = new long[(threads + 63) / 64];
        for (int lane = 0; lane < threads; lane++) {
            active[lane >> 6] |= lanes.active(lane) ? 1L << lane : 0;
        }
        return active;
    }

    private static Access access(String text) {
        String bare = text.startsWith("@") ? text.substring(text.indexOf(' ') + 1) : text;
        return bare.startsWith("ld") ? Access.LOAD : bare.startsWith("st") ? Access.STORE : Access.ATOMIC;
    }

    /** Lanes execute the access of a line; {@code offset} in bytes by lane. */
    public Script global(int pc, Allocation of, int bytes, Lanes lanes, IntToLongFunction offset) {
        long[] offsets = new long[threads];
        Arrays.setAll(offsets, lane -> lanes.active(lane) ? offset.applyAsLong(lane) : -1);
        watch.executes(pc, mask(lanes), false);
        watch.global(pc, access(lines.get(pc)), of, offsets, mask(lanes), bytes);
        return this;
    }

    public Script global(int pc, Allocation of, int bytes, IntToLongFunction offset) {
        return global(pc, of, bytes, lane -> true, offset);
    }

    public Script shared(int pc, int bytes, Lanes lanes, IntToLongFunction address) {
        int[] addresses = new int[threads];
        Arrays.setAll(addresses, lane -> lanes.active(lane) ? (int) address.applyAsLong(lane) : -1);
        watch.executes(pc, mask(lanes), false);
        watch.shared(pc, access(lines.get(pc)), addresses, mask(lanes), bytes);
        return this;
    }

    public Script shared(int pc, int bytes, IntToLongFunction address) {
        return shared(pc, bytes, lane -> true, address);
    }

    public Script barrier(int pc) {
        return barrier(pc, lane -> true);
    }

    public Script barrier(int pc, Lanes lanes) {
        watch.barrier(pc, mask(lanes));
        return this;
    }

    public Script warpBarrier(int pc, Lanes lanes) {
        watch.warpBarrier(pc, mask(lanes));
        return this;
    }

    public Script executes(int pc, Lanes lanes) {
        watch.executes(pc, mask(lanes), false);
        return this;
    }

    /** The rules that were broken so far, in order. */
    public List<Report.Rule> rules() {
        return reports.all().stream().map(Report::rule).toList();
    }
}
