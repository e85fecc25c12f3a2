package org.jengine.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jengine.kernels.Adam;
import org.jengine.kernels.Args;
import org.jengine.kernels.Cast;
import org.jengine.kernels.Channels;
import org.jengine.kernels.ColumnSums;
import org.jengine.kernels.DType;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Gather;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.MaxPool;
import org.jengine.kernels.Norm;
import org.jengine.kernels.NormGrads;
import org.jengine.kernels.NormInfer;
import org.jengine.kernels.NormStats;
import org.jengine.kernels.Param;
import org.jengine.kernels.RmsProp;
import org.jengine.kernels.Sgd;
import org.jengine.kernels.Shape;
import org.jengine.kernels.SoftmaxXent;
import org.jengine.kernels.Transpose;
import org.jengine.nn.Layer;
import org.jengine.nn.Net;
import org.jengine.nn.WeightSpec;
import org.jengine.nn.layers.BatchNorm;
import org.jengine.nn.layers.Conv;
import org.jengine.nn.layers.Dense;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.NormSpec;

/**
 * The operations of a net at its sizes. Those that only move data are there once, where the net has the most data for them; the matrix
 * products are there for every layer, with both gradients.
 */
final class NetOps {
    private static final float EPSILON = 1e-3f;
    private static final Set<String> NO_ACTIVATIONS = Set.of("copy", "cast");

    private final Net net;
    private final int batch;
    private final DType real;
    private final List<Op> ops = new ArrayList<>();

    private NetOps(Net net, int batch, DType real) {
        this.net = net;
        this.batch = batch;
        this.real = real;
    }

    /** The operations of a net, those that move data first. */
    static List<Op> of(Net net, int batch, DType real) {
        NetOps of = new NetOps(net, batch, real);
        of.elementwise();
        of.images();
        of.updates();
        of.ops.addAll(products(net, batch, real));
        return List.copyOf(of.ops);
    }

    /** The matrix products of a net alone. */
    static List<Op> products(Net net, int batch, DType real) {
        NetOps of = new NetOps(net, batch, real);
        List<Shape> shapes = net.shapes();
        for (int i = 0; i < net.layers().size(); i++) {
            Shape in = shapes.get(i);
            if (net.layers().get(i) instanceof Conv c) {
                of.conv(new ConvSpec(batch, in.dim(0), in.dim(1), in.last(), c.filters(), c.kernel(), c.kernel(),
                        c.padded() ? c.kernel() / 2 : 0, real, c.activation().fused(),
                        Activation.NONE));
            } else if (net.layers().get(i) instanceof Dense d) {
                of.dense(new DenseSpec(batch, in.last(), d.units(), real, d.activation().fused(), Activation.NONE));
            }
        }
        return of.ops;
    }

    private void elementwise() {
        Shape image = net.input();
        // An epoch of one batch, so that every image of the set is read.
        kernel("gather", batch + " x " + image, Gather.of(real), Map.ofEntries(Map.entry("total", batch), Map.entry("stride", batch),
                Map.entry("batch", batch), Map.entry("height", image.dim(0)), Map.entry("width", image.dim(1)),
                Map.entry("channels", image.last()), Map.entry("shuffle", 1), Map.entry("flip", 0), Map.entry("pad", 0),
                Map.entry("cutout", 0)), Map.of("scale", 1 / 255f, "shift", 0f));
        Shape largest = net.shapes().stream().skip(1).max((a, b) -> Long.compare(a.count(), b.count())).orElseThrow();
        Map<String, Integer> count = Map.of("count", Math.toIntExact(batch * largest.count()));
        String at = batch + " x " + largest;
        for (KernelDef def : Kernels.ALL) {
            if (isActivation(def)) {
                Args any = def.cases().get(0).args(0);
                Map<String, Float> scalars = def.params().stream().filter(p -> p.role() == Param.Role.SCALAR)
                        .collect(Collectors.toMap(Param::name, p -> any.scalar(p.name())));
                kernel(def.entry().substring(0, def.entry().lastIndexOf('_')), at, def, count, scalars);
            }
        }
        kernel("dropout", at, Dropout.of(real), Map.of("count", count.get("count"), "layer", 0), Map.of("rate", 0.25f));
        kernel("dropout_bwd", at, Dropout.bwd(real), Map.of("count", count.get("count"), "layer", 0, "before", 0), Map.of("rate", 0.25f));
        kernel("softmax_xent", batch + " x " + net.classes(), SoftmaxXent.train(real),
                Map.of("total", batch, "stride", batch, "batch", batch, "classes", net.classes()), Map.of("smoothing", 0f));
    }

    /** Whether it treats each element by itself, whenever that is: so that a new one is timed without a word here. */
    private boolean isActivation(KernelDef def) {
        List<String> sizes = def.params().stream().filter(p -> p.role() == Param.Role.SIZE).map(Param::name).toList();
        return sizes.equals(List.of("count")) && def.entry().endsWith("_" + real.suffix()) && !NO_ACTIVATIONS.contains(def.stem())
                && def.params().stream().noneMatch(p -> p.name().equals("clock"));
    }

    /** Pooling and normalisation, and the gradient of a bias, at the first layer of the kind: there the images are largest. */
    private void images() {
        List<Shape> shapes = net.shapes();
        boolean pooled = false;
        boolean normed = false;
        boolean summed = false;
        for (int i = 0; i < net.layers().size(); i++) {
            Layer layer = net.layers().get(i);
            Shape in = shapes.get(i);
            if (layer instanceof org.jengine.nn.layers.MaxPool pool && !pooled) {
                pooled = true;
                Map<String, Integer> sizes = Map.of("n", batch, "h", in.dim(0), "w", in.dim(1), "c", in.last(), "window", pool.window());
                kernel("max_pool_fwd", batch + " x " + in, MaxPool.fwd(real), sizes, Map.of());
                kernel("max_pool_bwd", batch + " x " + in, MaxPool.bwd(real), sizes, Map.of());
            } else if (layer instanceof BatchNorm && !normed) {
                normed = true;
                norm(in);
            } else if ((layer instanceof Conv || layer instanceof Dense) && !summed) {
                summed = true;
                Shape out = shapes.get(i + 1);
                int rows = Math.toIntExact(batch * out.count() / out.last());
                kernel("column_sums", batch + " x " + out, ColumnSums.of(real),
                        Map.of("rows", rows, "channels", out.last(), "chunk", Channels.chunk(rows, out.last())), Map.of());
            }
        }
    }

    /** The library's operations, with the bytes of the kernels that we make them of. */
    private void norm(Shape in) {
        int channels = in.last();
        int pixels = Math.toIntExact(in.count() / channels);
        int rows = batch * pixels;
        int chunk = Channels.chunk(rows, channels);
        NormSpec spec = new NormSpec(batch, pixels, channels, 0.99f, EPSILON, real, Activation.NONE);
        Shape images = Shape.of(rows, channels);
        String at = batch + " x " + in;
        Map<String, Integer> sizes = Map.of("rows", rows, "channels", channels);
        Map<String, Integer> chunked = Map.of("rows", rows, "channels", channels, "chunk", chunk);
        Map<String, Integer> forward = Map.of("rows", rows, "channels", channels, "chunk", chunk, "layer", 0);
        Map<String, Integer> backward = Map.of("rows", rows, "channels", channels, "chunk", chunk, "layer", 0, "before", 0);
        ops.add(new Op(net.name(), "batch_norm_fwd", at, Op.Roof.COPY, Work.bytes(NormStats.of(real), chunked)
                + Work.bytes(Norm.fwd(real), forward), Work.footprint(Norm.fwd(real), forward),
                b -> b.library().batchNorm(spec).forward(b.take("y", images, real), b.vector("mean", channels),
                        b.vector("invStd", channels), b.vector("runningMean", channels), b.vector("runningVar", channels),
                        b.take("x", images, real), b.vector("gamma", channels), b.vector("beta", channels))));
        ops.add(new Op(net.name(), "batch_norm_infer", at, Op.Roof.COPY, Work.bytes(NormInfer.of(real), sizes),
                Work.footprint(NormInfer.of(real), sizes),
                b -> b.library().batchNorm(spec).inference(b.take("y", images, real), b.take("x", images, real),
                        b.vector("gamma", channels), b.vector("beta", channels), b.vector("runningMean", channels),
                        b.vector("runningVar", channels))));
        ops.add(new Op(net.name(), "batch_norm_bwd", at, Op.Roof.COPY, Work.bytes(NormGrads.of(real), forward)
                + Work.bytes(Norm.bwd(real), backward), Work.footprint(Norm.bwd(real), backward),
                b -> b.library().batchNorm(spec).backward(b.take("dx", images, real), b.vector("dgamma", channels),
                        b.vector("dbeta", channels), b.take("dy", images, real), b.take("x", images, real), b.vector("gamma", channels),
                        b.vector("mean", channels), b.vector("invStd", channels))));
    }

    private void updates() {
        int count = Math.toIntExact(net.trainable());
        String at = count + " weights";
        kernel("adam", at, Adam.of(real), Map.of("count", count), Map.of("beta1", 0.9f, "beta2", 0.999f, "epsilon", 1e-7f, "decay", 0f));
        kernel("sgd", at, Sgd.of(real), Map.of("count", count, "nesterov", 0), Map.of("momentum", 0.9f, "decay", 0f));
        kernel("rmsprop", at, RmsProp.of(real), Map.of("count", count), Map.of("rho", 0.9f, "epsilon", 1e-7f, "decay", 0f));
        kernel("cast", at, Cast.of(), Map.of("count", count), Map.of());
        Shape largest = net.weights().stream().map(w -> w.spec()).filter(WeightSpec::matrix).map(WeightSpec::shape)
                .max((a, b) -> Long.compare(a.count(), b.count())).orElseThrow();
        int rows = largest.dim(0);
        int cols = Math.toIntExact(largest.count() / rows);
        kernel("transpose", rows + " x " + cols, Transpose.of(real),
                Map.of("matrices", 1, "rows", rows, "cols", cols, "stride", rows), Map.of());
    }

    private void kernel(String name, String at, KernelDef def, Map<String, Integer> sizes, Map<String, Float> scalars) {
        long bytes = Work.bytes(def, sizes);
        long footprint = Work.footprint(def, sizes);
        // What is counted twice is read and written in place.
        Op.Roof roof = 2 * (bytes - footprint) > footprint ? Op.Roof.COPY_IN_PLACE : Op.Roof.COPY;
        ops.add(new Op(net.name(), name, at, roof, bytes, footprint, b -> b.bind(def, sizes, scalars)));
    }

    private void conv(ConvSpec s) {
        String at = batch + " x " + Shape.of(s.h(), s.w(), s.c()) + ", " + s.k() + " of " + s.r() + "x" + s.s();
        product("conv_fwd", at, Work.flops(s), b -> b.library().conv(s).forward(b.take("y", s.y(), real), b.take("x", s.x(), real),
                b.take("w", s.weights(), real), b.vector("b", s.k())));
        product("conv_data", at, Work.flops(s), b -> b.library().conv(s).backwardData(b.take("dx", s.x(), real),
                b.take("dy", s.y(), real), b.take("w", s.weights(), real), b.take("x", s.x(), real)));
        product("conv_weights", at, Work.flops(s), b -> b.library().conv(s).backwardWeights(b.take("dw", s.weights(), DType.F32),
                b.vector("db", s.k()), b.take("x", s.x(), real), b.take("dy", s.y(), real)));
    }

    private void dense(DenseSpec s) {
        String at = batch + " x " + s.in() + ", " + s.out();
        product("dense_fwd", at, Work.flops(s), b -> b.library().dense(s).forward(b.take("y", s.y(), real), b.take("x", s.x(), real),
                b.take("w", s.weights(), real), b.vector("b", s.out())));
        product("dense_data", at, Work.flops(s), b -> b.library().dense(s).backwardData(b.take("dx", s.x(), real),
                b.take("dy", s.y(), real), b.take("w", s.weights(), real), b.take("x", s.x(), real)));
        product("dense_weights", at, Work.flops(s), b -> b.library().dense(s).backwardWeights(b.take("dw", s.weights(), DType.F32),
                b.vector("db", s.out()), b.take("x", s.x(), real), b.take("dy", s.y(), real)));
    }

    private void product(String name, String at, double flops, Op.Plan plan) {
        ops.add(new Op(net.name(), name, at, Op.Roof.FMA, flops, 0, plan));
    }
}
