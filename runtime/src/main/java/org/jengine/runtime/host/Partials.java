package org.jengine.runtime.host;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Slice;

/** One array of floats for every part of an operation, and their sum in the order of the parts. */
final class Partials {
    private final HostSlice slice;
    private final int parts;
    private final int count;
    private final int stride;
    private final Floats from;
    private Floats to;

    Partials(GraphBuilder builder, String name, int parts, int count) {
        this.parts = parts;
        this.count = count;
        int aligned = Slice.ALIGNMENT / Float.BYTES;
        stride = (count + aligned - 1) / aligned * aligned;
        slice = builder.scratch(name + " partial", Shape.of(parts, stride), DType.F32);
        from = new Floats(slice);
    }

    HostSlice slice() {
        return slice;
    }

    /** Where a part's array begins, in bytes. */
    long offset(int part) {
        return (long) part * stride * Float.BYTES;
    }

    void link(HostSlice sum) {
        from.link();
        to = new Floats(sum);
        to.link();
    }

    void sum(Lane lane) {
        for (int at = 0; at < count; at += Lane.TILE) {
            int n = Math.min(Lane.TILE, count - at);
            from.load(at, n, lane.a, lane);
            for (int part = 1; part < parts; part++) {
                from.load(part * stride + at, n, lane.b, lane);
                add(lane.a, lane.b, n);
            }
            to.store(at, n, lane.a, lane);
        }
    }

    private static void add(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] += b[i];
        }
    }
}
