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
    private final List<Floats> operands = new ArrayList<>();

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
    }

    /** Registers a slice for access by tiles. */
    final Floats tiles(HostSlice slice) {
        Floats f = new Floats(slice);
        operands.add(f);
        return f;
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
        if (images > 0) {
            int row = count / images;
            return Planned.of(work(tiling.parts(), row * tiling.perPart()));
        }
        return Planned.of(work((count + RANGE - 1) / RANGE, RANGE));
    }

    private Work work(int parts, int perPart) {
        return new Work(parts) {
            @Override
            void link(Lanes lanes) {
                operands.forEach(Floats::link);
                linked();
            }

            @Override
            void run(int part, Lane lane) {
                int end = (int) Math.min(count, (long) (part + 1) * perPart);
                begin(lane);
                for (int at = part * perPart; at < end; at += Lane.TILE) {
                    tile(at, Math.min(Lane.TILE, end - at), lane);
                }
            }
        };
    }

    /** Addresses are known now. */
    void linked() {
    }

    /** Called at the start of each part, to read what does not change within it. Must give all parts of a run the same values. */
    void begin(Lane lane) {
    }

    /** Does elements {@code at .. at + n - 1}; {@code n} is at most a tile. */
    abstract void tile(int at, int n, Lane lane);
}
