package org.jengine.runtime.host;

import java.util.ArrayList;
import java.util.List;

/**
 * An operation that treats every element for itself. If all its slices have the same first dimension it can be cut along images, else it
 * is cut into ranges.
 */
abstract class ElementwiseOp implements Op {
    /** Elements of a part when not cut along images: a few tens of microseconds of work. */
    private static final int RANGE = 16 * Lane.TILE;

    private final String name;
    private final int count;
    private final int images;
    private final List<Access> accesses = new ArrayList<>();
    private final List<HostSlice> operands;

    /**
     * @param count   elements
     * @param written slices of {@code count} elements that are written, perhaps read too
     * @param read    slices of {@code count} elements that are only read
     * @param whole   small slices that every part reads, as the clock
     */
    ElementwiseOp(String name, int count, List<HostSlice> written, List<HostSlice> read, List<HostSlice> whole) {
        this.name = name;
        this.count = count;
        List<HostSlice> all = new ArrayList<>(written);
        all.addAll(read);
        int first = written.get(0).shape().dim(0);
        boolean rows = written.get(0).shape().rank() > 1
                && all.stream().allMatch(s -> s.shape().dim(0) == first && s.count() == count);
        images = rows ? first : 0;
        written.forEach(s -> accesses.add(rows ? Access.writeRows(s) : Access.write(s)));
        read.forEach(s -> accesses.add(rows ? Access.readRows(s) : Access.read(s)));
        whole.forEach(s -> accesses.add(Access.read(s)));
        operands = all;
    }

    /** A small slice that one of the parts writes. */
    final void writes(HostSlice slice) {
        accesses.add(Access.write(slice));
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int images() {
        return images;
    }

    @Override
    public final List<Access> accesses() {
        return accesses;
    }

    @Override
    public final Planned plan(Tiling tiling, GraphBuilder builder) {
        boolean rows = images > 0;
        Floats[] floats = operands.stream().map(s -> rows ? new Floats(s, builder) : new Floats(s)).toArray(Floats[]::new);
        int perPart = rows ? count / images * tiling.perPart() : RANGE;
        return Planned.of(new Work((count + perPart - 1) / perPart) {
            @Override
            void link(Lanes lanes) {
                for (Floats f : floats) {
                    f.link();
                }
                linked();
            }

            @Override
            void run(int part, Lane lane) {
                int end = (int) Math.min(count, (long) (part + 1) * perPart);
                for (int at = part * perPart; at < end; at += Lane.TILE) {
                    tile(at, Math.min(Lane.TILE, end - at), floats, lane);
                }
            }
        });
    }

    /** The addresses of the small slices are known now. */
    void linked() {
    }

    /**
     * Does elements {@code at .. at + n - 1}, at most a tile.
     *
     * @param f the slices, those written first, in the order that they were given in
     */
    abstract void tile(int at, int n, Floats[] f, Lane lane);
}
