package org.jengine.nn.golden;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jengine.kernels.Args;
import org.jengine.kernels.Clock;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Gather;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Sigmoid;
import org.jengine.kernels.SoftmaxXent;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our own kernels against Keras, and against a second version of the random numbers. Run for the references, which the conformance
 * suite compares every device with, and for the bodies of the host device; both store float32, so one tolerance serves.
 */
abstract class KernelGolden {
    private static final DType F32 = DType.F32;
    /** Exponential (2), sum, quotient, and their like on the way back. */
    private static final int ROUNDINGS = 6;

    /** What becomes of the arguments, which stay as they are. */
    abstract Args run(Args args);

    static Stream<GoldenCase> activations() {
        return Stream.concat(GoldenFile.cases("layers", "relu"), GoldenFile.cases("layers", "sigmoid"));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void activation(GoldenCase c) {
        boolean relu = c.op().equals("relu");
        int count = c.size("count");
        KernelDef forward = relu ? Relu.fwd(F32) : Sigmoid.fwd(F32);
        KernelDef backward = relu ? Relu.bwd(F32) : Sigmoid.bwd(F32);
        Args forth = run(Args.of(forward).out("y", count).data("x", floats(c.input("x"))).size("count", count).build());
        Numbers.compareFloat("y", c.expected("y"), doubles(forth.data("y")), ROUNDINGS);
        Args back = run(Args.of(backward).out("dx", count).data("dy", floats(c.input("dy")))
                .data("y", floats(c.expected("y"))).size("count", count).build());
        Numbers.compareFloat("dx", c.expected("dx"), doubles(back.data("dx")), ROUNDINGS);
    }

    static Stream<GoldenCase> dropouts() {
        return GoldenFile.cases("layers", "dropout");
    }

    @ParameterizedTest
    @MethodSource("dropouts")
    void dropout(GoldenCase c) {
        int count = c.size("count");
        double[] mask = c.expected("mask");
        Args a = run(Args.of(Dropout.of(F32)).out("y", count).data("x", floats(c.input("x")))
                .data("clock", clock(0, 0, c.size("updates"))).data("key", key(c.seed("seed")))
                .size("count", count).size("layer", c.size("layer")).scalar("rate", c.number("rate")).build());
        double[] y = doubles(a.data("y"));
        Assertions.assertArrayEquals(mask, Arrays.stream(y).map(v -> v == 0 ? 0 : 1).toArray());
        Numbers.compareFloat("y", c.expected("y"), y, 3);
    }

    static Stream<GoldenCase> gathers() {
        return GoldenFile.cases("layers", "gather");
    }

    @ParameterizedTest
    @MethodSource("gathers")
    void gather(GoldenCase c) {
        int batch = c.size("batch");
        int pixels = c.size("h") * c.size("w") * c.size("c");
        Args a = run(Args.of(Gather.of(F32)).out("x", batch * pixels).out("labels", batch).out("now", Clock.COUNT)
                .data("images", Data.of(DType.U8, c.input("images"))).data("classes", Data.of(DType.U8, c.input("classes")))
                .data("clock", clock(c.size("step"), c.size("epoch"), 0)).data("key", key(c.seed("seed")))
                .size("total", c.size("total")).size("stride", c.size("stride")).size("batch", batch)
                .size("height", c.size("h")).size("width", c.size("w")).size("channels", c.size("c"))
                .size("shuffle", c.size("shuffle")).size("flip", c.size("flip")).size("pad", c.size("pad"))
                .size("cutout", c.size("cutout")).scalar("scale", c.number("scale")).scalar("shift", c.number("shift")).build());
        Numbers.compareFloat("x", c.expected("x"), doubles(a.data("x")), 3);
        Assertions.assertArrayEquals(c.expected("labels"), doubles(a.data("labels")));
    }

    static Stream<GoldenCase> losses() {
        return GoldenFile.cases("losses");
    }

    /** The batch is step 1 of its epoch; rows past the data carry a label that must not be looked at. */
    @ParameterizedTest
    @MethodSource("losses")
    void softmaxXent(GoldenCase c) {
        int batch = c.size("batch");
        int classes = c.size("classes");
        double[] labels = c.plain("labels");
        Arrays.fill(labels, c.size("valid"), batch, -1);
        double[] dlogits = c.plain("dlogits");
        Numbers.requireContent(c + " dlogits", dlogits, Numbers.LEAST_SHARE);
        Args train = run(loss(SoftmaxXent.train(F32), c, labels).out("dlogits", batch * classes)
                .scalar("smoothing", c.number("smoothing")).build());
        Numbers.compareFloat("dlogits", dlogits, doubles(train.data("dlogits")), classes + ROUNDINGS);
        compareRecord(c, "loss_sum", train);
        double[] probabilities = Arrays.copyOf(c.plain("probabilities"), c.size("valid") * classes);
        Numbers.requireContent(c + " probabilities", probabilities, Numbers.LEAST_SHARE);
        Args eval = run(loss(SoftmaxXent.eval(F32), c, labels).out("probabilities", batch * classes).build());
        Numbers.compareFloat("probabilities", probabilities,
                Arrays.copyOf(doubles(eval.data("probabilities")), probabilities.length), classes + ROUNDINGS);
        compareRecord(c, "plain_loss_sum", eval);
    }

    private static Args.Builder loss(KernelDef def, GoldenCase c, double[] labels) {
        int batch = c.size("batch");
        return Args.of(def).data("record", Data.of(F32, 9, 9, 9, 9)).data("logits", floats(c.plain("logits")))
                .data("labels", Data.of(DType.I32, labels)).data("clock", clock(1, 0, 1))
                .size("total", batch + c.size("valid")).size("stride", batch).size("batch", batch).size("classes", c.size("classes"));
    }

    /** The loss is a sum over the valid rows of terms that cancel to no more than the largest logit. */
    private static void compareRecord(GoldenCase c, String field, Args a) {
        int terms = c.size("valid") * (c.size("classes") + ROUNDINGS);
        double scale = Math.max(c.number(field) / c.size("valid"), Numbers.largest(c.plain("logits")));
        double[] expected = {9, 9, c.number(field), c.size("right")};
        Numbers.compare("record", expected, doubles(a.data("record")), Numbers.EPSILON * terms * scale);
    }

    static Data clock(int step, int epoch, int updates) {
        Data clock = Data.of(DType.I32, Clock.COUNT);
        clock.set(Clock.STEP, step);
        clock.set(Clock.EPOCH, epoch);
        clock.set(Clock.UPDATES, updates);
        return clock;
    }

    static Data key(long seed) {
        return Data.of(DType.I32, (int) seed, (int) (seed >>> 32));
    }

    static Data floats(double[] values) {
        return Data.of(F32, values);
    }

    static double[] doubles(Data data) {
        double[] out = new double[data.count()];
        for (int i = 0; i < out.length; i++) {
            out[i] = data.get(i);
        }
        return out;
    }
}
