package org.jengine.nn.golden;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jengine.kernels.ref.ActivationRef;
import org.jengine.kernels.ref.BatchNormRef;
import org.jengine.kernels.ref.ConvRef;
import org.jengine.kernels.ref.DenseRef;
import org.jengine.kernels.ref.MaxPoolRef;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracles of the library operations against Keras, both in float64: what every device is compared with is itself compared. */
class ReferenceGoldenTest {
    static Stream<GoldenCase> convs() {
        return GoldenFile.cases("layers", "conv");
    }

    @ParameterizedTest
    @MethodSource("convs")
    void conv(GoldenCase c) {
        ConvRef.Dims dims = new ConvRef.Dims(c.size("n"), c.size("h"), c.size("w"), c.size("c"), c.size("k"), c.size("r"), c.size("s"),
                c.size("pad"));
        double[] dz = c.expected("dz");
        Numbers.compareDouble("y", c.expected("y"),
                activated(c, ConvRef.forward(c.input("x"), c.input("w"), c.input("b"), dims)));
        Numbers.compareDouble("dz", dz, before(c));
        Numbers.compareDouble("dx", c.expected("dx"), ConvRef.backwardData(dz, c.input("w"), dims));
        ConvRef.WeightGradients weights = ConvRef.backwardWeights(c.input("x"), dz, dims);
        Numbers.compareDouble("dw", c.expected("dw"), weights.df());
        Numbers.compareDouble("db", c.expected("db"), weights.db());
    }

    static Stream<GoldenCase> denses() {
        return GoldenFile.cases("layers", "dense");
    }

    @ParameterizedTest
    @MethodSource("denses")
    void dense(GoldenCase c) {
        int n = c.size("n");
        int in = c.size("in");
        int out = c.size("out");
        double[] dz = c.expected("dz");
        Numbers.compareDouble("y", c.expected("y"),
                activated(c, DenseRef.forward(c.input("x"), c.input("w"), c.input("b"), n, in, out)));
        Numbers.compareDouble("dz", dz, before(c));
        Numbers.compareDouble("dx", c.expected("dx"), DenseRef.backwardData(dz, c.input("w"), n, in, out));
        DenseRef.WeightGradients weights = DenseRef.backwardWeights(c.input("x"), dz, n, in, out);
        Numbers.compareDouble("dw", c.expected("dw"), weights.dw());
        Numbers.compareDouble("db", c.expected("db"), weights.db());
    }

    static Stream<GoldenCase> pools() {
        return GoldenFile.cases("layers", "pool");
    }

    @ParameterizedTest
    @MethodSource("pools")
    void pool(GoldenCase c) {
        int window = c.size("window");
        MaxPoolRef.Result result = MaxPoolRef.forward(c.input("x"), c.size("n"), c.size("h"), c.size("w"), c.size("c"), window);
        Numbers.compareDouble("y", c.expected("y"), result.y());
        Assertions.assertArrayEquals(c.expected("index"), Arrays.stream(result.index()).asDoubleStream().toArray());
        Numbers.compareDouble("dx", c.expected("dx", 0.5 / (window * window)),
                MaxPoolRef.backward(c.input("dy"), result.index(), c.size("n"), c.size("h"), c.size("w"), c.size("c"), window));
    }

    static Stream<GoldenCase> norms() {
        return GoldenFile.cases("layers", "norm");
    }

    @ParameterizedTest
    @MethodSource("norms")
    void norm(GoldenCase c) {
        int rows = c.size("n") * c.size("pixels");
        int channels = c.size("c");
        double[] x = c.input("x");
        double[] gamma = c.input("gamma");
        BatchNormRef.Training step = BatchNormRef.forward(x, gamma, c.input("beta"), c.input("running_mean"), c.input("running_var"),
                rows, channels, c.number("momentum"), c.number("epsilon"));
        Numbers.compareDouble("y", c.expected("y"), step.y());
        Numbers.compareDouble("mean", c.expected("mean"), step.mean());
        Numbers.compareDouble("inv_std", c.expected("inv_std"), step.invStd());
        Numbers.compareDouble("running_mean", c.expected("running_mean"), step.runningMean());
        Numbers.compareDouble("running_var", c.expected("running_var"), step.runningVar());
        Numbers.compareDouble("inference", c.expected("inference"), BatchNormRef.inference(x, gamma, c.input("beta"),
                c.input("running_mean"), c.input("running_var"), rows, channels, c.number("epsilon")));
        BatchNormRef.Gradients back = BatchNormRef.backward(c.input("dy"), x, gamma, step.mean(), step.invStd(), rows, channels);
        Numbers.compareDouble("dx", c.expected("dx"), back.dx());
        Numbers.compareDouble("dgamma", c.expected("dgamma"), back.dgamma());
        Numbers.compareDouble("dbeta", c.expected("dbeta"), back.dbeta());
    }

    private static double[] activated(GoldenCase c, double[] z) {
        return switch (c.text("activation")) {
            case "relu" -> ActivationRef.relu(z);
            case "sigmoid" -> ActivationRef.sigmoid(z);
            default -> z;
        };
    }

    private static double[] before(GoldenCase c) {
        return switch (c.text("activation")) {
            case "relu" -> ActivationRef.reluBackward(c.input("dy"), c.expected("y"));
            case "sigmoid" -> ActivationRef.sigmoidBackward(c.input("dy"), c.expected("y"));
            default -> c.input("dy");
        };
    }
}
