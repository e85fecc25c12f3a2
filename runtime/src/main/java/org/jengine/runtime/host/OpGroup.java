package org.jengine.runtime.host;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A chain, and what is put off until its end. */
final class OpGroup {
    private static final int MOST_IMAGES = 16;
    /** Bytes: what an operation of a dense net touches of an image. */
    private static final long SMALL_IMAGE = 32 * 1024;

    final List<Op> chain = new ArrayList<>();
    final List<Op> putOff = new ArrayList<>();

    Stream<Access> accesses() {
        return Stream.concat(chain.stream(), putOff.stream()).flatMap(op -> op.accesses().stream());
    }

    boolean admits(Op op) {
        if (putOff.stream().anyMatch(earlier -> Access.anyConflict(earlier.accesses(), op.accesses()))) {
            // What was put off comes last, so it may still be followed by more of the kind.
            return op.images() == 0;
        }
        return op.images() == 0 || chain.isEmpty() || chain.get(0).images() == op.images()
                && chain.stream().flatMap(c -> c.accesses().stream()).allMatch(a -> op.accesses().stream().allMatch(a::chains));
    }

    void add(Op op) {
        (op.images() == 0 ? putOff : chain).add(op);
    }

    /**
     * Images at a time: few enough that what one operation hands the next stays in a second-level cache, enough to keep matrix products
     * efficient. Of a small batch a quarter, so that four lanes have something to do; a half where images are small, as in dense nets,
     * since a product of eight rows runs a third slower than one of sixteen. Of 8, 16 and 32, measured on cnn and deep-cnn at batch 128,
     * 16 was the fastest.
     */
    Tiling tiling() {
        int images = chain.get(0).images();
        long widest = chain.stream().flatMap(op -> op.accesses().stream()).filter(Access::byRows).mapToLong(a -> a.slice().rowBytes()).max()
                .orElse(0);
        int shares = widest > SMALL_IMAGE ? 4 : 2;
        return new Tiling(images, Math.max(1, Math.min(MOST_IMAGES, (images + shares - 1) / shares)));
    }

    /** Whether the chain writes the slice before it reads it, row by row, and nothing else of the group touches it. */
    boolean makesForItself(HostSlice slice) {
        List<Op> users = Stream.concat(chain.stream(), putOff.stream())
                .filter(op -> op.accesses().stream().anyMatch(a -> a.slice().overlaps(slice))).toList();
        List<Access> first = users.get(0).accesses().stream().filter(a -> a.slice().overlaps(slice)).toList();
        return first.stream().allMatch(Access::writes) && users.stream().flatMap(op -> op.accesses().stream())
                .filter(a -> a.slice().overlaps(slice)).allMatch(a -> a.byRows() && a.slice().sameMemory(slice));
    }
}
