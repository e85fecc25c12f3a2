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
    private final List<OpGroup> groups = new ArrayList<>(List.of(new OpGroup()));
    private final List<Reordered> reordered = new ArrayList<>();
    private final List<Work> prologue = new ArrayList<>();
    private long laneBytes;
    private HostSlice laneScratch;
    private OpGroup current;

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
            groups.forEach(this::plan);
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
        OpGroup open = groups.get(groups.size() - 1);
        if (!open.admits(op)) {
            open = new OpGroup();
            groups.add(open);
        }
        open.add(op);
    }

    private void plan(OpGroup group) {
        current = group;
        List<Step> after = new ArrayList<>();
        if (!group.chain.isEmpty()) {
            List<Work> links = new ArrayList<>();
            for (Op op : group.chain) {
                Op.Planned planned = op.plan(group.tiling(), this);
                links.add(planned.body());
                if (planned.finish() != null) {
                    after.add(new Step(planned.finish(), op.accesses().stream().filter(a -> !a.byRows()).toList()));
                }
            }
            emitPrologue();
            stages.add(new Chain(group.tiling(), links));
        }
        for (Op op : group.putOff) {
            after.add(new Step(op.plan(Tiling.WHOLE, this).body(), op.accesses()));
        }
        emitPrologue();
        emitSideBySide(after);
        reordered.removeIf(r -> group.accesses().anyMatch(a -> a.writes() && a.slice().overlaps(r.source)));
    }

    /**
     * Whether the lanes each keep rows of their own of this slice, since what one part leaves there no other asks for: then less memory is
     * touched, and it stays in cache. To be asked while the chain is planned.
     */
    boolean keptByLanes(HostSlice slice) {
        return bytesPerLane(slice) > 0;
    }

    /** Bytes of the rows that a lane keeps, or 0 if the slice's rows all have their own places. */
    long bytesPerLane(HostSlice slice) {
        Tiling tiling = current.tiling();
        boolean room = device.lanes().count() * tiling.perPart() <= tiling.images();
        boolean passing = slice.temporary() && room && current.makesForItself(slice)
                && groups.stream().noneMatch(g -> g != current && g.accesses().anyMatch(a -> a.slice().overlaps(slice)));
        return passing ? tiling.perPart() * slice.rowBytes() : 0;
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

    /** Works of equally many parts, each part going through all of them. */
    private static final class Chain extends Work {
        private final Tiling tiling;
        private final Work[] links;

        Chain(Tiling tiling, List<Work> links) {
            super(tiling.parts());
            this.tiling = tiling;
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
            lane.rowShift = (lane.index - part) * tiling.perPart();
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
