package org.jengine.runtime.host;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;

/**
 * Turns recorded operations into stages. Operations that treat each image for itself are chained: some images go through all of them
 * before the next images do, so that what one operation hands the next is still in cache. Operations on the whole batch that nothing in
 * the chain waits for are put off until the chain ends, and done side by side where they do not depend on each other.
 *
 * <p>Two operations keep their recorded order wherever one writes what the other touches.
 */
final class GraphBuilder {
    private final HostDevice device;
    private final String name;
    private final Dnnl dnnl;
    private final HostArena scratch;
    private final List<Work> stages = new ArrayList<>();
    private final List<Op> chain = new ArrayList<>();
    private final List<Access> chainAccesses = new ArrayList<>();
    private final List<Op> putOff = new ArrayList<>();
    private final List<Reordered> reordered = new ArrayList<>();
    private final List<Work> prologue = new ArrayList<>();
    private long laneBytes;
    private HostSlice laneScratch;

    /** A copy of weights in a layout that a primitive likes better, good until the weights change. */
    private record Reordered(HostSlice source, Dnnl.Desc layout, HostSlice copy) {
    }

    /** An operation on the whole batch, or the end of one that was cut along images. */
    private record Step(Work work, List<Access> accesses) {
    }

    GraphBuilder(HostDevice device, String name) {
        this.device = device;
        this.name = name;
        this.dnnl = device.dnnl().child();
        this.scratch = new HostArena(device, name + " scratch", device.debug());
    }

    HostGraph build(List<Op> ops) {
        boolean built = false;
        try {
            ops.forEach(this::add);
            flush();
            laneScratch = scratch.take("lanes", Shape.of(device.lanes().count(), Math.toIntExact(Math.max(laneBytes, 1))), DType.U8);
            scratch.seal();
            stages.forEach(s -> s.link(device.lanes()));
            built = true;
            return new HostGraph(device, name, stages, ops.size(), dnnl, scratch);
        } finally {
            if (!built) {
                scratch.close();
                dnnl.close();
            }
        }
    }

    Dnnl dnnl() {
        return dnnl;
    }

    /** Memory for partial results, the graph's own. */
    HostSlice scratch(String sliceName, Shape shape, DType type) {
        return scratch.take(sliceName, shape, type);
    }

    /** Asks for so many bytes of every lane; what one operation leaves there is gone for the next. */
    void needLaneScratch(long bytes) {
        laneBytes = Math.max(laneBytes, (bytes + 63) / 64 * 64);
    }

    /** Where a lane's scratch memory is; known when works are linked. */
    long laneScratch(int lane) {
        return laneScratch.address() + lane * laneBytes;
    }

    /** The weights in another layout, copied before the chain that is being planned; once, until they are written again. */
    HostSlice reordered(HostSlice source, Dnnl.Desc from, Dnnl.Desc to) {
        for (Reordered r : reordered) {
            if (r.source.sameMemory(source) && r.layout.same(to)) {
                return r.copy;
            }
        }
        HostSlice copy = scratch.take(source.name() + " reordered", Shape.of(Math.toIntExact(to.bytes())), DType.U8);
        DnnlWork work = new DnnlWork(this, 1);
        work.part(0, dnnl.reorder(from, to), new DnnlWork.Use(Dnnl.Role.SRC, from, source, 0),
                new DnnlWork.Use(Dnnl.Role.DST, to, copy, 0));
        prologue.add(work);
        reordered.add(new Reordered(source, to, copy));
        return copy;
    }

    private void add(Op op) {
        for (Op earlier : putOff) {
            if (Access.anyConflict(earlier.accesses(), op.accesses())) {
                flush();
                break;
            }
        }
        if (op.images() == 0) {
            putOff.add(op);
            return;
        }
        boolean fits = chain.isEmpty() || chain.get(0).images() == op.images()
                && chainAccesses.stream().allMatch(a -> op.accesses().stream().allMatch(a::chains));
        if (!fits) {
            flush();
        }
        chain.add(op);
        chainAccesses.addAll(op.accesses());
    }

    private void flush() {
        List<Step> after = new ArrayList<>();
        if (!chain.isEmpty()) {
            Tiling tiling = tiling(chain.get(0).images());
            List<Work> links = new ArrayList<>();
            for (Op op : chain) {
                Op.Planned planned = op.plan(tiling, this);
                links.add(planned.body());
                if (planned.finish() != null) {
                    after.add(new Step(planned.finish(), op.accesses().stream().filter(a -> !a.byRows()).toList()));
                }
            }
            emitPrologue();
            stages.add(links.size() == 1 ? links.get(0) : new Chain(links));
        }
        for (Op op : putOff) {
            after.add(new Step(op.plan(Tiling.WHOLE, this).body(), op.accesses()));
        }
        emitPrologue();
        emitSideBySide(after);
        chainAccesses.addAll(putOff.stream().flatMap(op -> op.accesses().stream()).toList());
        reordered.removeIf(r -> chainAccesses.stream().anyMatch(a -> a.writes() && a.slice().overlaps(r.source)));
        chain.clear();
        chainAccesses.clear();
        putOff.clear();
    }

    private void emitPrologue() {
        if (!prologue.isEmpty()) {
            stages.add(new SideBySide(List.copyOf(prologue)));
            prologue.clear();
        }
    }

    private void emitSideBySide(List<Step> steps) {
        List<Work> wave = new ArrayList<>();
        List<Access> touched = new ArrayList<>();
        for (Step step : steps) {
            if (Access.anyConflict(touched, step.accesses)) {
                stages.add(new SideBySide(List.copyOf(wave)));
                wave.clear();
                touched.clear();
            }
            wave.add(step.work);
            touched.addAll(step.accesses);
        }
        if (!wave.isEmpty()) {
            stages.add(new SideBySide(wave));
        }
    }

    /**
     * Images at a time: few enough that what one operation hands the next stays in a second-level cache, enough to keep matrix products
     * efficient; of a small batch a quarter, so that four lanes have something to do. Of 8, 16 and 32, measured on cnn and deep-cnn at
     * batch 128, 16 was the fastest.
     */
    private static Tiling tiling(int images) {
        return new Tiling(images, Math.max(1, Math.min(16, (images + 3) / 4)));
    }

    /** Works of equally many parts, each part going through all of them. */
    private static final class Chain extends Work {
        private final Work[] links;

        Chain(List<Work> links) {
            super(links.get(0).parts());
            this.links = links.toArray(Work[]::new);
        }

        @Override
        void link(Lanes lanes) {
            for (Work w : links) {
                w.link(lanes);
            }
        }

        @Override
        void run(int part, Lane lane) {
            for (Work w : links) {
                w.run(part, lane);
            }
        }
    }

    /** Independent works as one, their parts in a row. */
    private static final class SideBySide extends Work {
        private final Work[] works;

        SideBySide(List<Work> works) {
            super(works.stream().mapToInt(Work::parts).sum());
            this.works = works.toArray(Work[]::new);
        }

        @Override
        void link(Lanes lanes) {
            for (Work w : works) {
                w.link(lanes);
            }
        }

        @Override
        void run(int part, Lane lane) {
            int rest = part;
            for (Work w : works) {
                if (rest < w.parts()) {
                    w.run(rest, lane);
                    return;
                }
                rest -= w.parts();
            }
        }
    }
}
