package org.jengine.kernels;

import static org.jengine.kernels.Gradients.assertBackward;
import static org.jengine.kernels.Gradients.assertNear;
import static org.jengine.kernels.Gradients.normal;
import static org.jengine.kernels.Gradients.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.ref.BatchNormRef;
import org.jengine.kernels.ref.MaxPoolRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins the references of pooling, batch norm, sums and transposes: by the oracles, which share no code with them, and by differences. */
class LayerReferenceTest {
    /** Results are stored as floats. */
    private static final double ROUNDING = 1e-5;

    @ParameterizedTest
    @CsvSource({"2, 7, 9, 3, 2", "1, 33, 5, 4, 3", "3, 4, 4, 1, 1", "2, 9, 5, 2, 5"})
    void poolingGivesWhatTheOracleSays(int n, int h, int w, int c, int window) {
        double[] x = floats(normal(n * h * w * c, 1));
        MaxPoolRef.Result oracle = MaxPoolRef.forward(x, n, h, w, c, window);
        Args forward = poolSizes(Args.of(MaxPool.fwd(DType.F32)).out("y", oracle.y().length).out("index", oracle.y().length)
                .data("x", Data.of(DType.F32, x)), n, h, w, c, window);
        MaxPool.fwd(DType.F32).reference(forward);
        assertNear(oracle.y(), values(forward.data("y")), 0);
        assertArrayEquals(oracle.index(), ints(forward.data("index")));

        double[] dy = floats(normal(oracle.y().length, 2));
        Args backward = poolSizes(Args.of(MaxPool.bwd(DType.F32)).out("dx", x.length)
                .data("dy", Data.of(DType.F32, dy)).data("index", forward.data("index")), n, h, w, c, window);
        MaxPool.bwd(DType.F32).reference(backward);
        assertNear(MaxPoolRef.backward(dy, oracle.index(), n, h, w, c, window), values(backward.data("dx")), 0);
        assertBackward(at -> MaxPoolRef.forward(at, n, h, w, c, window).y(), x, dy, values(backward.data("dx")));
    }

    @Test
    void ofEqualsTheFirstWinsAndWhatFillsNoWindowGetsNoGradient() {
        double[] x = {1, 2, 9, 2, 1, 9, 9, 9, 9};
        Args forward = poolSizes(Args.of(MaxPool.fwd(DType.F32)).out("y", 1).out("index", 1)
                .data("x", Data.of(DType.F32, x)), 1, 3, 3, 1, 2);
        MaxPool.fwd(DType.F32).reference(forward);
        assertEquals(2, forward.data("y").get(0));
        assertEquals(1, forward.data("index").getInt(0));
        Args backward = poolSizes(Args.of(MaxPool.bwd(DType.F32)).out("dx", 9).data("dy", Data.of(DType.F32, 5.0))
                .data("index", forward.data("index")), 1, 3, 3, 1, 2);
        MaxPool.bwd(DType.F32).reference(backward);
        assertNear(new double[] {0, 5, 0, 0, 0, 0, 0, 0, 0}, values(backward.data("dx")), 0);
    }

    @Test
    void windowsThatDoNotFitAreRefused() {
        for (int window : new int[] {0, 5, 16}) {
            Map<String, Integer> sizes = Map.of("n", 1, "h", 4, "w", 40, "c", 3, "window", window);
            for (KernelDef def : List.of(MaxPool.fwd(DType.F32), MaxPool.bwd(DType.F32))) {
                String message = assertThrows(IllegalArgumentException.class, () -> def.grid(Args.sizes(def, sizes))).getMessage();
                assertTrue(message.startsWith("a window of " + window + " does not fit into 4x40"), message);
            }
        }
    }

    /** Statistics, finish and images one after the other, whatever the cut, are what the oracle does at once. */
    @ParameterizedTest
    @CsvSource({"40, 3, 40", "41, 7, 8", "1, 5, 3", "127, 10, 100"})
    void batchNormGivesWhatTheOracleSays(int rows, int channels, int chunk) {
        double[] x = floats(Arrays.stream(normal(rows * channels, 1)).map(v -> 3 + 2 * v).toArray());
        double[] gamma = floats(normal(channels, 2));
        double[] beta = floats(normal(channels, 3));
        double[] oldMean = floats(normal(channels, 4));
        double[] oldVar = floats(Arrays.stream(normal(channels, 5)).map(v -> 0.5 + v * v).toArray());
        double momentum = 0.9f;
        double epsilon = 1e-3f;
        BatchNormRef.Training oracle = BatchNormRef.forward(x, gamma, beta, oldMean, oldVar, rows, channels, momentum, epsilon);

        int chunks = Channels.chunks(rows, chunk);
        Args stats = run(sizes(Args.of(NormStats.of(DType.F32)).out("means", chunks * channels).out("squares", chunks * channels)
                .data("x", Data.of(DType.F32, x)), rows, channels).size("chunk", chunk));
        Args finish = run(without(sizes(Args.of(Norm.fwd(DType.F32)).out("mean", channels).out("invStd", channels)
                .data("runningMean", Data.of(DType.F32, oldMean)).data("runningVar", Data.of(DType.F32, oldVar))
                .data("means", stats.data("means")).data("squares", stats.data("squares"))
                .out("y", x.length).data("x", Data.of(DType.F32, x))
                .data("gamma", Data.of(DType.F32, gamma)).data("beta", Data.of(DType.F32, beta)), rows, channels).size("chunk", chunk)
                .scalar("momentum", momentum).scalar("epsilon", epsilon)));
        assertNear(oracle.mean(), values(finish.data("mean")), ROUNDING);
        // One row has no variance: 1 / sqrt(epsilon) is large.
        assertNear(oracle.invStd(), values(finish.data("invStd")), ROUNDING * oracle.invStd()[0]);
        assertNear(oracle.runningMean(), values(finish.data("runningMean")), ROUNDING);
        assertNear(oracle.runningVar(), values(finish.data("runningVar")), ROUNDING);
        assertNear(oracle.y(), values(finish.data("y")), ROUNDING);

        Args moments = run(partials(sizes(Args.of(NormMoments.of(DType.F32)).out("mean", channels).out("invStd", channels)
                .data("runningMean", Data.of(DType.F32, oldMean)).data("runningVar", Data.of(DType.F32, oldVar))
                .data("x", Data.of(DType.F32, x)), rows, channels), chunks, channels).size("chunk", chunk)
                .scalar("momentum", momentum).scalar("epsilon", epsilon));
        for (String made : List.of("mean", "invStd", "runningMean", "runningVar")) {
            assertNear(values(finish.data(made)), values(moments.data(made)), ROUNDING * oracle.invStd()[0]);
        }
        Args applied = run(without(sizes(Args.of(NormApply.fwd(DType.F32)).out("y", x.length).data("x", Data.of(DType.F32, x))
                .data("gamma", Data.of(DType.F32, gamma)).data("beta", Data.of(DType.F32, beta))
                .data("mean", moments.data("mean")).data("invStd", moments.data("invStd")), rows, channels)));
        assertNear(oracle.y(), values(applied.data("y")), ROUNDING);

        Args infer = run(sizes(Args.of(NormInfer.of(DType.F32)).out("y", x.length).data("x", Data.of(DType.F32, x))
                .data("gamma", Data.of(DType.F32, gamma)).data("beta", Data.of(DType.F32, beta))
                .data("mean", Data.of(DType.F32, oldMean)).data("variance", Data.of(DType.F32, oldVar)), rows, channels)
                .scalar("epsilon", epsilon));
        assertNear(BatchNormRef.inference(x, gamma, beta, oldMean, oldVar, rows, channels, epsilon), values(infer.data("y")), ROUNDING);
    }

    @ParameterizedTest
    @CsvSource({"40, 3, 40", "41, 7, 8", "127, 10, 100"})
    void batchNormGoesBackAsTheOracleSays(int rows, int channels, int chunk) {
        double[] x = floats(Arrays.stream(normal(rows * channels, 1)).map(v -> 3 + 2 * v).toArray());
        double[] dy = floats(normal(rows * channels, 2));
        Data gamma = Data.of(DType.F32, normal(channels, 3));
        double epsilon = 1e-3;
        BatchNormRef.Training batch = BatchNormRef.forward(x, values(gamma), new double[channels], new double[channels],
                new double[channels], rows, channels, 0.9, epsilon);
        Data mean = Data.of(DType.F32, batch.mean());
        Data invStd = Data.of(DType.F32, batch.invStd());
        BatchNormRef.Gradients oracle = BatchNormRef.backward(dy, x, values(gamma), batch.mean(), batch.invStd(), rows, channels);

        int chunks = Channels.chunks(rows, chunk);
        Args grads = run(without(sizes(Args.of(NormGrads.of(DType.F32)).out("gammas", chunks * channels).out("betas", chunks * channels)
                .data("dy", Data.of(DType.F32, dy)).data("x", Data.of(DType.F32, x)).data("mean", mean).data("invStd", invStd),
                rows, channels).size("chunk", chunk)));
        Args images = run(without(sizes(Args.of(Norm.bwd(DType.F32)).out("dx", x.length).out("dgamma", channels).out("dbeta", channels)
                .data("dy", Data.of(DType.F32, dy)).data("x", Data.of(DType.F32, x)).data("gamma", gamma)
                .data("mean", mean).data("invStd", invStd).data("gammas", grads.data("gammas")).data("betas", grads.data("betas")),
                rows, channels).size("chunk", chunk).size("before", Matmul.NONE)));
        assertNear(oracle.dgamma(), values(images.data("dgamma")), rows * ROUNDING);
        assertNear(oracle.dbeta(), values(images.data("dbeta")), rows * ROUNDING);
        assertNear(oracle.dx(), values(images.data("dx")), ROUNDING);

        Args sums = run(without(partials(sizes(Args.of(NormSums.of(DType.F32)).out("dgamma", channels).out("dbeta", channels)
                .data("dy", Data.of(DType.F32, dy)).data("x", Data.of(DType.F32, x)).data("mean", mean).data("invStd", invStd),
                rows, channels), chunks, channels).size("chunk", chunk)));
        assertNear(oracle.dgamma(), values(sums.data("dgamma")), rows * ROUNDING);
        assertNear(oracle.dbeta(), values(sums.data("dbeta")), rows * ROUNDING);
        Args applied = run(without(sizes(Args.of(NormApply.bwd(DType.F32)).out("dx", x.length)
                .data("dy", Data.of(DType.F32, dy)).data("x", Data.of(DType.F32, x)).data("gamma", gamma)
                .data("mean", mean).data("invStd", invStd).data("dgamma", sums.data("dgamma")).data("dbeta", sums.data("dbeta")),
                rows, channels).size("before", Matmul.NONE)));
        assertNear(oracle.dx(), values(applied.data("dx")), ROUNDING);
    }

    private static Args.Builder partials(Args.Builder args, int chunks, int channels) {
        return args.out("partials", 2 * chunks * channels).out("arrivals", 1);
    }

    /** Without dropout; {@link #normsDropWhatDropoutDrops} has it. */
    private static Args.Builder without(Args.Builder args) {
        return dropping(args, 0);
    }

    private static Args.Builder dropping(Args.Builder args, double rate) {
        return args.data("clock", Fill.clock(0, 0, 7)).data("key", Data.of(DType.I32, 123, 456)).size("layer", 3).scalar("rate", rate);
    }

    /** A norm of mean 0 and deviation 1 leaves its input, and dropout is all that is left. */
    @Test
    void normsDropWhatDropoutDrops() {
        int rows = 300;
        int channels = 10;
        double[] x = floats(normal(rows * channels, 1));
        Args alone = run(dropping(Args.of(Dropout.of(DType.F32)).out("y", x.length).data("x", Data.of(DType.F32, x))
                .size("count", x.length), 0.25));
        double[] ones = Arrays.stream(new double[channels]).map(v -> 1).toArray();
        double[] zeros = new double[channels];
        Args norm = run(dropping(sizes(Args.of(Norm.fwd(DType.F32)).out("mean", channels).out("invStd", channels)
                .data("runningMean", Data.of(DType.F32, zeros)).data("runningVar", Data.of(DType.F32, ones))
                .data("means", Data.of(DType.F32, zeros)).data("squares", Data.of(DType.F32, ones))
                .out("y", x.length).data("x", Data.of(DType.F32, x))
                .data("gamma", Data.of(DType.F32, ones)).data("beta", Data.of(DType.F32, zeros)), rows, channels).size("chunk", rows)
                .scalar("momentum", 0.9).scalar("epsilon", 1 - 1.0 / rows), 0.25));
        assertNear(values(alone.data("y")), values(norm.data("y")), ROUNDING);
        Args back = run(dropping(Args.of(Dropout.bwd(DType.F32)).out("dx", x.length).data("dy", Data.of(DType.F32, x))
                .data("x", Data.of(DType.F32, x)).size("count", x.length).size("before", Matmul.RELU), 0.25));
        double[] y = values(alone.data("y"));
        assertNear(Arrays.stream(y).map(v -> Math.max(v, 0)).toArray(), values(back.data("dx")), 0);
    }

    @Test
    void columnsAreSummedInChunks() {
        double[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        Args sums = run(sizes(Args.of(ColumnSums.of(DType.F32)).out("sums", 6).data("x", Data.of(DType.F32, x)), 5, 2).size("chunk", 2));
        assertNear(new double[] {1 + 3, 2 + 4, 5 + 7, 6 + 8, 9, 10}, values(sums.data("sums")), 0);
        assertNear(new double[] {25, 30}, values(summed(sums.data("sums"), 2, 3)), 0);
    }

    @Test
    void matricesAreTurnedAndTheirRowsFilledUp() {
        double[] x = {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};
        Args turned = run(Args.of(Transpose.of(DType.BF16)).out("y", 18).data("x", Data.of(DType.BF16, x))
                .size("matrices", 2).size("rows", 2).size("cols", 3).size("stride", 3));
        assertNear(new double[] {1, 4, 0, 2, 5, 0, 3, 6, 0, 10, 40, 0, 20, 50, 0, 30, 60, 0}, values(turned.data("y")), 0);
        KernelDef def = Transpose.of(DType.F32);
        Args tooNarrow = Args.sizes(def, Map.of("matrices", 1, "rows", 4, "cols", 3, "stride", 3));
        assertThrows(IllegalArgumentException.class, () -> def.grid(tooNarrow));
    }

    /** Chunks cover all rows, are many enough for a large GPU where there is much to do, and few enough to be added up by one thread. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5000", "127, 10", "2048, 128", "32768, 32", "131072, 32", "2097152, 192", "2048, 1500"})
    void rowsAreCutIntoAReasonableNumberOfChunks(int rows, int channels) {
        int chunk = Channels.chunk(rows, channels);
        int chunks = Channels.chunks(rows, chunk);
        assertTrue((long) chunks * chunk >= rows && (chunks - 1L) * chunk < rows, chunks + " chunks of " + chunk);
        assertTrue(chunks <= 128, chunks + " chunks");
        assertTrue(chunks >= Math.min(64, (long) rows * channels / 20_000), chunks + " chunks");
    }

    @Test
    void sizesBeyondTheReachOfAKernelAreRefused() {
        KernelDef stats = NormStats.of(DType.F32);
        for (Map<String, Integer> sizes : List.of(
                Map.of("rows", 1 << 21, "channels", 1024, "chunk", 1 << 15), Map.of("rows", 5, "channels", 0, "chunk", 1),
                Map.of("rows", 5, "channels", 5, "chunk", 0))) {
            assertThrows(IllegalArgumentException.class, () -> stats.grid(Args.sizes(stats, sizes)), sizes.toString());
        }
        Grid wide = stats.grid(Args.sizes(stats, Map.of("rows", 12, "channels", 1500, "chunk", 9)));
        assertEquals(new Grid(2, 6, 1, 250), wide);
        KernelDef sum = SumPartials.of();
        assertThrows(IllegalArgumentException.class, () -> sum.grid(Args.sizes(sum, Map.of("count", 1 << 20, "parts", 1 << 12))));
    }

    /** No thread of the kernels that treat each pixel by itself may stand beyond the last channel. */
    @Test
    void threadsDivideTheChannels() {
        for (int channels = 1; channels < 1100; channels++) {
            Grid grid = NormInfer.of(DType.F32).grid(Args.sizes(NormInfer.of(DType.F32), Map.of("rows", 20, "channels", channels)));
            assertEquals(channels, grid.threads() * grid.blocksY());
            assertTrue(grid.threads() <= 256);
            assertEquals(3, grid.blocksX());
        }
    }

    private static Args run(Args.Builder builder) {
        Args args = builder.build();
        args.def().reference(args);
        return args;
    }

    private static Data summed(Data partials, int count, int parts) {
        return run(Args.of(SumPartials.of()).out("y", count).data("x", partials).size("count", count).size("parts", parts)).data("y");
    }

    private static Args.Builder sizes(Args.Builder args, int rows, int channels) {
        return args.size("rows", rows).size("channels", channels);
    }

    private static Args poolSizes(Args.Builder args, int n, int h, int w, int c, int window) {
        return args.size("n", n).size("h", h).size("w", w).size("c", c).size("window", window).build();
    }

    /** As a float buffer would hold them. */
    private static double[] floats(double[] values) {
        return values(Data.of(DType.F32, values));
    }

    private static int[] ints(Data data) {
        return Arrays.stream(values(data)).mapToInt(v -> (int) v).toArray();
    }
}
