package org.jengine.nn;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Gather;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Shape;
import org.jengine.kernels.SoftmaxXent;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Device;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;

/** Strings the launches of one step together, forward and back. */
final class StepPlanner {
    private final Net net;
    private final Device device;
    private final DType real;
    private final Params params;
    private final Workspace work;
    private final Slice key;
    private final Act[] due;

    StepPlanner(Net net, Device device, DType real, Params params, Workspace work, Slice key) {
        this.net = net;
        this.device = device;
        this.real = real;
        this.params = params;
        this.work = work;
        this.key = key;
        this.due = due(net.layers());
    }

    /**
     * What the steps of one split have in common.
     *
     * @param stride images in a full batch
     * @param clock  counts the steps
     * @param now    takes a copy of the clock
     * @param record takes each step's loss and number right
     */
    record Run(DeviceSplit data, int stride, Augment augment, boolean shuffle, Slice clock, Slice now,
               Slice record) {
    }

    /**
     * The activation whose derivative the gradient of each layer's result is multiplied with, at the end of the next layer's way back.
     * That of a layer that selecting layers follow is due behind the last of them, where the gradient is smaller.
     */
    private static Act[] due(List<Layer> layers) {
        Act[] due = new Act[layers.size()];
        Act pending = Act.NONE;
        for (int i = 0; i < due.length; i++) {
            Layer layer = layers.get(i);
            pending = layer.selects() ? pending : layer.activation();
            boolean handedOn = i + 1 < due.length && layers.get(i + 1).selects();
            due[i] = handedOn ? Act.NONE : pending;
        }
        return due;
    }

    /** Gather, forward, loss, backward; the gradients are then in {@link Params#gradients}. */
    Launches train(Run run, int batch, double smoothing) {
        Launches out = new Launches();
        List<LayerPlan> plans = forward(run, batch, true, out);
        Slice logits = plans.get(plans.size() - 1).y();
        Slice dy = work.perImage("dlogits", batch, Shape.of(net.classes()), real);
        out.add(device.kernel(SoftmaxXent.train(real)).bind(dy, run.record, logits, labels(batch), run.clock, run.data.count(), run.stride,
                batch, net.classes(), (float) smoothing));
        int first = firstTrained();
        for (int i = plans.size() - 1; i >= first; i--) {
            KernelDef derivative = due[i].backward(real);
            boolean applied = i + 1 < plans.size() && net.layers().get(i + 1).derives();
            if (derivative != null && !applied) {
                out.add(device.kernel(derivative).bind(dy, dy, plans.get(i).y(), Math.toIntExact(dy.count())));
            }
            dy = plans.get(i).backward().plan(dy, i > first, out);
        }
        out.join();
        return out;
    }

    /** Gather, forward, loss. */
    Launches evaluate(Run run, int batch) {
        Launches out = new Launches();
        List<LayerPlan> plans = forward(run, batch, false, out);
        Slice logits = plans.get(plans.size() - 1).y();
        Slice probabilities = work.result("probabilities", batch, Shape.of(net.classes()), DType.F32);
        out.add(device.kernel(SoftmaxXent.eval(real)).bind(probabilities, run.record, logits, labels(batch), run.clock, run.data.count(),
                run.stride, batch, net.classes()));
        return out;
    }

    private Slice labels(int batch) {
        return work.perImage("labels", batch, DType.I32);
    }

    private List<LayerPlan> forward(Run run, int batch, boolean training, Launches out) {
        List<Shape> shapes = net.shapes();
        Slice x = work.perImage("images", batch, net.input(), real);
        out.add(gather(run, batch, x));
        List<LayerPlan> plans = new ArrayList<>();
        // Which derivative reads x on the way back. ReLU's asks only for the sign, which dropout keeps wherever it keeps the gradient.
        Act reader = Act.NONE;
        for (int i = 0; i < net.layers().size(); i++) {
            boolean mayOverwrite = reader.fused() == Act.NONE.fused() || reader == Act.RELU;
            Activation before = i == 0 ? Activation.NONE : due[i - 1].fused();
            boolean elsewhere = training && (i > 0 && drop(i - 1) > 0 || window(i) > 0);
            LayerPlan plan = elsewhere ? new LayerPlan(x, List.of(), (dy, wantDx, to) -> dy)
                    : net.layers().get(i).plan(new LayerSite(device, params, work, real, run.clock, key, training, batch, i, shapes.get(i),
                    x, training && i > 0 ? window(i - 1) : 0, before, training && drop(i) > 0 ? dropping(run, i) : null, mayOverwrite));
            boolean sameMemory = plan.forward().isEmpty() || plan.y() == x;
            reader = sameMemory && reader != Act.NONE ? reader : due[i];
            plans.add(plan);
            out.addAll(plan.forward());
            x = plan.y();
        }
        return plans;
    }

    /** The window of a layer that the one behind it pools for; 0 if there is none. */
    private int window(int i) {
        List<Layer> layers = net.layers();
        return i + 1 < layers.size() && layers.get(i + 1).pools() ? layers.get(i).poolWindow() : 0;
    }

    /** The rate of the dropout behind a layer that applies it; 0 if there is none. */
    private float drop(int i) {
        List<Layer> layers = net.layers();
        return i + 1 < layers.size() && layers.get(i).drops() ? layers.get(i + 1).dropRate() : 0;
    }

    private Dropping dropping(Run run, int i) {
        return new Dropping(device.kernel(Dropout.of(real)), run.clock, key, i + 1, drop(i));
    }

    private Launch gather(Run run, int batch, Slice x) {
        Shape image = net.input();
        Augment a = run.augment;
        return device.kernel(Gather.of(real)).bind(x, labels(batch), run.now, run.data.images(), run.data.labels(), run.clock, key,
                run.data.count(), run.stride, batch, image.dim(0), image.dim(1), image.dim(2),
                run.shuffle ? 1 : 0, a.flip() ? 1 : 0, a.pad(), a.cutout(), 1 / 255f, 0f);
    }

    /** Index of the first layer that the optimiser moves; those before it need no gradient. */
    private int firstTrained() {
        return net.weights().stream().filter(w -> w.spec().trainable()).mapToInt(NamedWeight::layer).min().orElseThrow();
    }
}
