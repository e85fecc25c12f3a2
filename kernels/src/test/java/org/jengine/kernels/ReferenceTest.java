package org.jengine.kernels;

import static org.jengine.kernels.Gradients.assertNear;
import static org.jengine.kernels.Gradients.normal;
import static org.jengine.kernels.Gradients.numeric;
import static org.jengine.kernels.Gradients.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins the references of the activations, the loss, dropout, the clock and the cast, which every device is compared with. */
class ReferenceTest {
    /** Large enough that float's rounding of what is differenced stays below 1e-5 of the result. */
    private static final double STEP = 0x1p-6;

    @Test
    void activationsGiveKnownValues() {
        assertNear(new double[] {0, 0, 0, 0.25, 3}, activation(Relu.fwd(DType.F32), -2, -0.0, 0, 0.25, 3), 0);
        double[] sigmoid = activation(Sigmoid.fwd(DType.F32), 0, 1, -1, 1000, -1000);
        assertNear(new double[] {0.5, 0.7310585786300049, 0.2689414213699951, 1, 0}, sigmoid, 1e-7);
    }

    @Test
    void activationsGoBackFromY() {
        for (boolean relu : new boolean[] {true, false}) {
            double[] x = {-2.5, -0.75, -0.125, 0.125, 0.5, 1, 2.25};
            double[] dy = {1, -2, 3, -4, 5, -6, 7};
            KernelDef forward = relu ? Relu.fwd(DType.F32) : Sigmoid.fwd(DType.F32);
            KernelDef backward = relu ? Relu.bwd(DType.F32) : Sigmoid.bwd(DType.F32);
            double[] y = activation(forward, x);
            Args args = Args.of(backward).out("dx", x.length).data("dy", Data.of(DType.F32, dy)).data("y", Data.of(DType.F32, y))
                    .size("count", x.length).build();
            backward.reference(args);
            double[] slope = numeric(at -> {
                double sum = 0;
                double[] moved = activation(forward, at);
                for (int i = 0; i < dy.length; i++) {
                    sum += dy[i] * moved[i];
                }
                return sum;
            }, x, STEP);
            assertNear(slope, values(args.data("dx")), 5e-4);
        }
    }

    @Test
    void activationsMayWorkInPlace() {
        Data x = Data.of(DType.F32, -1, 0.5, 2);
        Relu.fwd(DType.F32).reference(Args.of(Relu.fwd(DType.F32)).data("y", x).data("x", x).size("count", 3).build());
        assertNear(new double[] {0, 0.5, 2}, values(x), 0);
        Data dy = Data.of(DType.F32, 1, 2, 3);
        Relu.bwd(DType.F32).reference(Args.of(Relu.bwd(DType.F32)).data("dx", dy).data("dy", dy).data("y", x).size("count", 3).build());
        assertNear(new double[] {0, 2, 3}, values(dy), 0);
    }

    /** softmax(1, 2, 3) = exp(-2, -1, 0) / 1.5032147; smoothing moves a tenth of the weight to the mean of the three losses. */
    @ParameterizedTest
    @CsvSource({"2, 0, 0.40760596", "0, 0, 2.40760596", "2, 0.1, 0.50760596", "1, 0.1, 1.40760596"})
    void lossGivesKnownValues(int label, double smoothing, double loss) {
        Args args = loss(new double[] {1, 2, 3}, new int[] {label}, 3, 1, 1, 0, smoothing);
        assertEquals(loss, args.data("record").get(0), 1e-6);
        assertEquals(label == 2 ? 1 : 0, args.data("record").get(1));
        double[] gradient = {0.09003057, 0.24472847, 0.66524096};
        for (int c = 0; c < 3; c++) {
            gradient[c] -= (c == label ? 1 - smoothing : 0) + smoothing / 3;
        }
        assertNear(gradient, values(args.data("dlogits")), 1e-7);
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "0.1, 4", "0, 3", "0.1, 3", "0.1, 1"})
    void lossGradientIsTheSlopeOfTheMeanLoss(double smoothing, int valid) {
        int classes = 10;
        double[] logits = values(Data.of(DType.F32, normal(4 * classes, 5)));
        int[] labels = {3, 9, 0, 7};
        Args args = loss(logits, labels, classes, 8 + valid, 4, 2, smoothing);
        double[] slope = numeric(at -> loss(at, labels, classes, 8 + valid, 4, 2, smoothing).data("record").get(4) / valid, logits, STEP);
        assertNear(slope, values(args.data("dlogits")), 1e-4);
        assertTrue(slope[0] != 0);
        for (int i = valid * classes; i < 4 * classes; i++) {
            assertEquals(0, args.data("dlogits").get(i));
        }
    }

    @Test
    void recordTakesSumsOfTheRowsThatCountAndLeavesTheRest() {
        double[] logits = {0, 0, 5, 1, 1, 0, 9, 0, 0};
        Args args = loss(logits, new int[] {2, 1, -1}, 3, 5, 3, 1, 0);
        double expected = Math.log(1 + 2 * Math.exp(-5)) + Math.log(2 + Math.exp(-1));
        assertEquals(expected, args.data("record").get(2), 1e-6);
        assertEquals(1, args.data("record").get(3), "the second row's first largest is class 0, not its label");
        assertEquals(-1, args.data("record").get(0));
        assertEquals(-1, args.data("record").get(4));
    }

    @Test
    void aStepPastTheEndCountsNothing() {
        Args args = loss(new double[] {1, 2, 3}, new int[] {-1}, 3, 1, 1, 2, 0.1);
        assertNear(new double[] {0, 0, 0}, values(args.data("dlogits")), 0);
        assertEquals(0, args.data("record").get(4));
        assertEquals(0, args.data("record").get(5));
    }

    @Test
    void evaluationGivesProbabilitiesAndThePlainLoss() {
        KernelDef eval = SoftmaxXent.eval(DType.BF16);
        Args args = Args.of(eval).out("probabilities", 9).data("record", Data.of(DType.F32, 7, 7, 7, 7))
                .data("logits", Data.of(DType.BF16, 1, 2, 3, 3, 3, 1, 4, 5, 6))
                .data("labels", Data.of(DType.I32, 2, 0, -1)).data("clock", Fill.clock(1, 0, 0))
                .size("total", 5).size("stride", 3).size("batch", 3).size("classes", 3).build();
        eval.reference(args);
        double tied = 1 / (2 + Math.exp(-2));
        double[] probabilities = {0.09003057, 0.24472847, 0.66524096, tied, tied, tied * Math.exp(-2), 0, 0, 0};
        assertNear(probabilities, values(args.data("probabilities")), 1e-7);
        assertNear(new double[] {7, 7, 0.40760596 - Math.log(tied), 2}, values(args.data("record")), 1e-6);
    }

    @Test
    void dropoutUsesTheHalvesOfAGroupsBlocksOneAfterTheOther() {
        double[] x = new double[1200];
        for (int e = 0; e < x.length; e++) {
            x[e] = e + 1;
        }
        double[] y = dropout(x, 0.4, 41, 3, 12);
        int[] words = new int[4];
        // Element, its block and its half, worked out by hand: 1,024 elements a group, 128 blocks a group, 128 elements a half.
        int[][] places = {{0, 0, 0}, {1, 1, 0}, {127, 127, 0}, {128, 0, 1}, {300, 44, 2}, {640, 0, 5}, {1023, 127, 7}, {1024, 128, 0},
            {1199, 175, 1}};
        int dropped = 0;
        for (int[] p : places) {
            Philox.block(p[1], 41, Philox.DROPOUT + 3, 0, 12, 34, words, 0);
            int bits = words[p[2] / 2] >>> 16 * (p[2] % 2) & 0xffff;
            dropped += bits < 26_214 ? 1 : 0;
            assertEquals(bits < 26_214 ? 0 : x[p[0]] * (double) (1f / 0.6f), y[p[0]], 1e-3, "element " + p[0]);
        }
        assertTrue(dropped > 0 && dropped < places.length, "both fates are seen, " + dropped + " dropped");
    }

    @Test
    void dropoutKeepsTheMeanAndGivesTheSameMaskOnTheWayBack() {
        double[] ones = new double[40_000];
        Arrays.fill(ones, 1);
        double[] y = dropout(ones, 0.25, 7, 0, 1);
        double mean = Arrays.stream(y).average().orElseThrow();
        // Five deviations of the mean of 40,000 values that are 0 or 4/3.
        assertEquals(1, mean, 5 * Math.sqrt(1 / 3.0 / 40_000));
        assertNear(y, dropout(ones, 0.25, 7, 0, 1), 0);
        for (double[] other : new double[][] {dropout(ones, 0.25, 8, 0, 1), dropout(ones, 0.25, 7, 1, 1), dropout(ones, 0.25, 7, 0, 2)}) {
            int kept = 0;
            for (int i = 0; i < y.length; i++) {
                kept += y[i] != 0 && other[i] != 0 ? 1 : 0;
            }
            assertEquals(0.75 * 0.75, kept / 40_000.0, 0.02, "masks of another update, layer or key are independent");
        }
        assertNear(ones, dropout(ones, 0, 7, 0, 1), 0);
    }

    @Test
    void castRoundsTiesToEvenAndKeepsNan() {
        KernelDef cast = Cast.of();
        Data x = Data.of(DType.F32, 1, 1 + 0x1p-8, 1 + 3 * 0x1p-8, -1 - 0x1p-8 - 0x1p-20, 1e39, Double.NaN);
        Args args = Args.of(cast).out("y", 6).data("x", x).size("count", 6).build();
        cast.reference(args);
        double[] expected = {1, 1, 1 + 0x1p-6, -1 - 0x1p-7, Double.POSITIVE_INFINITY, Double.NaN};
        assertNear(expected, values(args.data("y")), 0);
    }

    @Test
    void theClockTicksStepAndUpdates() {
        Args args = Args.of(ClockTick.of()).data("clock", Data.of(DType.I32, 4, 5, 6, 7)).build();
        ClockTick.of().reference(args);
        assertNear(new double[] {5, 5, 7, 7}, values(args.data("clock")), 0);
    }

    private static double[] activation(KernelDef def, double... x) {
        Args args = Args.of(def).out("y", x.length).data("x", Data.of(DType.F32, x)).size("count", x.length).build();
        def.reference(args);
        return values(args.data("y"));
    }

    private static Args loss(double[] logits, int[] labels, int classes, int total, int stride, int step, double smoothing) {
        KernelDef train = SoftmaxXent.train(DType.F32);
        Data labelData = Data.of(DType.I32, labels.length);
        for (int i = 0; i < labels.length; i++) {
            labelData.set(i, labels[i]);
        }
        Args args = Args.of(train).out("dlogits", logits.length).data("record", Data.of(DType.F32, -1, -1, -1, -1, -1, -1))
                .data("logits", Data.of(DType.F32, logits)).data("labels", labelData).data("clock", Fill.clock(step, 0, 0))
                .size("total", total).size("stride", stride).size("batch", labels.length).size("classes", classes)
                .scalar("smoothing", smoothing).build();
        train.reference(args);
        return args;
    }

    private static double[] dropout(double[] x, double rate, int updates, int layer, int key) {
        KernelDef dropout = Dropout.of(DType.F32);
        Args args = Args.of(dropout).out("y", x.length).data("x", Data.of(DType.F32, x)).data("clock", Fill.clock(0, 0, updates))
                .data("key", Data.of(DType.I32, key, 34)).size("count", x.length).size("layer", layer).scalar("rate", rate).build();
        dropout.reference(args);
        return values(args.data("y"));
    }
}
