package org.jengine.softcuda.check;

import java.util.Map;
import java.util.WeakHashMap;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;
import org.jengine.softcuda.work.Turn;

/** Checks launches: races, reads of bytes that nobody wrote, and order against other turns. */
public final class Checker {
    /** Shadow cells may fill this part of the heap before pages are given up early. */
    private static final int PART_OF_HEAP = 8;

    /** And no more than this: twice a data set of 60 000 images of 32 x 32 x 3 bytes. */
    private static final long MOST_CELLS = 384L << 20;

    private final AddressSpace space;
    private final Reports reports;
    private final CellPool pool;
    private final Map<Kernel, Known> known = new WeakHashMap<>();
    private int launches;

    /** What there is to know of a kernel. */
    private record Known(Instructions instructions, Phases phases) {
    }

    public Checker(AddressSpace space, Reports reports) {
        this(space, reports, Math.min(MOST_CELLS, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
    }

    /** @param budget bytes that the notes on a running launch's threads may take */
    Checker(AddressSpace space, Reports reports, long budget) {
        this.space = space;
        this.reports = reports;
        pool = new CellPool(budget);
    }

    /** Watches one launch; the launch before it ends here, as far as checks go. */
    public Watch begin(Launch launch, Turn turn) {
        Known kernel = known.computeIfAbsent(launch.kernel(), k -> new Known(new Instructions(k), new Phases()));
        LaunchPages pages = new LaunchPages(++launches, turn, pool);
        space.shadows().begin(pages::settle);
        space.shadows().enter(turn);
        LaunchReports told = new LaunchReports(launch, turn, space.shadows(), reports);
        return new RaceWatch(launch, kernel.instructions, kernel.phases, pages, pool, told);
    }
}
