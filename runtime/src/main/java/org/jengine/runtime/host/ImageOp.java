package org.jengine.runtime.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** An operation that treats each image for itself, mostly by one oneDNN primitive for some images at a time. */
abstract class ImageOp implements Op {
    private final String name;
    private final int images;
    private final List<Access> accesses;

    ImageOp(String name, int images, Access... accesses) {
        this.name = name;
        this.images = images;
        this.accesses = List.of(accesses);
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

    /** A primitive made for a number of images, and its operands from image {@code first} on. */
    record Call(Dnnl.Primitive primitive, Operands operands) {
    }

    /** The operands of one part. */
    interface Operands {
        DnnlWork.Use[] of(int part, int first);
    }

    /** One work of as many parts as the tiling has; the last, smaller part gets a primitive of its own. */
    static DnnlWork tiled(Tiling tiling, GraphBuilder builder, IntFunction<Call> callForImages) {
        Map<Integer, Call> calls = new HashMap<>();
        DnnlWork work = new DnnlWork(builder, tiling.parts());
        for (int part = 0; part < tiling.parts(); part++) {
            Call call = calls.computeIfAbsent(tiling.count(part), callForImages::apply);
            work.part(part, call.primitive(), call.operands().of(part, tiling.from(part)));
        }
        return work;
    }

    static DnnlWork.Use shared(Dnnl.Role role, Dnnl.Desc desc, HostSlice slice) {
        return new DnnlWork.Use(role, desc, slice, 0);
    }

    /** The images of {@code slice} from {@code first} on, in the chain that {@code builder} plans. */
    static DnnlWork.Use rows(Dnnl.Role role, Dnnl.Desc desc, HostSlice slice, int first, GraphBuilder builder) {
        return new DnnlWork.Use(role, desc, slice, first * slice.rowBytes(), builder.bytesPerLane(slice));
    }
}
