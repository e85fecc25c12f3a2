package org.jengine.kernels.ref;

import static org.jengine.kernels.Gradients.assertBackward;
import static org.jengine.kernels.Gradients.assertNear;
import static org.jengine.kernels.Gradients.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins the oracles: small sums done by hand for the layouts, finite differences for the ways back. */
class OracleTest {
    private static final double EXACT = 1e-12;

    @Test
    void convolutionIsACorrelation() {
        ConvRef.Dims d = new ConvRef.Dims(1, 3, 3, 1, 1, 2, 2, 0);
        double[] y = ConvRef.forward(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, new double[] {1, 2, 3, 4}, new double[] {0.5}, d);
        assertNear(new double[] {37.5, 47.5, 67.5, 77.5}, y, EXACT);
    }

    @Test
    void paddingIsZerosOnEverySide() {
        ConvRef.Dims d = new ConvRef.Dims(1, 2, 2, 1, 1, 2, 2, 1);
        double[] y = ConvRef.forward(new double[] {1, 2, 3, 4}, new double[] {1, 10, 100, 1000}, new double[] {0}, d);
        assertNear(new double[] {1000, 2100, 200, 3010, 4321, 402, 30, 43, 4}, y, EXACT);
    }

    /** One tap, at row 0, column 2, channel 1 of filter 1, moves channel 1 of the input to channel 1 of the output. */
    @Test
    void filtersAreKrscAndImagesNhwc() {
        ConvRef.Dims d = new ConvRef.Dims(2, 3, 4, 2, 2, 2, 3, 0);
        double[] x = normal(d.xCount(), 1);
        double[] f = new double[d.filterCount()];
        f[((1 * 2 + 0) * 3 + 2) * 2 + 1] = 1;
        double[] y = ConvRef.forward(x, f, new double[2], d);
        assertEquals(2 * 2 * 2 * 2, y.length);
        for (int image = 0; image < 2; image++) {
            for (int row = 0; row < 2; row++) {
                for (int column = 0; column < 2; column++) {
                    int at = ((image * 2 + row) * 2 + column) * 2;
                    assertEquals(0, y[at]);
                    assertEquals(x[((image * 3 + row) * 4 + column + 2) * 2 + 1], y[at + 1]);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2,5,4,3,2,3,3,1", "2,5,4,3,2,3,3,0", "1,4,6,2,3,1,1,0", "3,3,3,1,4,2,3,1", "2,1,1,3,2,3,3,1"})
    void convolutionGoesBack(int n, int h, int w, int c, int k, int r, int s, int pad) {
        ConvRef.Dims d = new ConvRef.Dims(n, h, w, c, k, r, s, pad);
        double[] x = normal(d.xCount(), 1);
        double[] f = normal(d.filterCount(), 2);
        double[] b = normal(k, 3);
        double[] dy = normal(d.yCount(), 4);
        assertBackward(at -> ConvRef.forward(at, f, b, d), x, dy, ConvRef.backwardData(dy, f, d));
        ConvRef.WeightGradients gradients = ConvRef.backwardWeights(x, dy, d);
        assertBackward(at -> ConvRef.forward(x, at, b, d), f, dy, gradients.df());
        assertBackward(at -> ConvRef.forward(x, f, at, d), b, dy, gradients.db());
    }

    /** Two channels of a 3 x 5 image; the last row and the last column fill no window; the left window's maximum is there twice. */
    @Test
    void poolingTakesTheFirstMaximumAndDropsTheRest() {
        double[] x = {
            1, -1, 7, -2, 3, -3, 4, -4, 99, 99,
            7, -5, 2, -6, 9, -7, 8, -8, 99, 99,
            99, 99, 99, 99, 99, 99, 99, 99, 99, 99};
        MaxPoolRef.Result result = MaxPoolRef.forward(x, 1, 3, 5, 2, 2);
        assertNear(new double[] {7, -1, 9, -3}, result.y(), 0);
        assertArrayEquals(new int[] {1, 0, 2, 0}, result.index());
        double[] dx = MaxPoolRef.backward(new double[] {10, 20, 30, 40}, result.index(), 1, 3, 5, 2, 2);
        double[] expected = new double[30];
        expected[2] = 10;
        expected[1] = 20;
        expected[14] = 30;
        expected[5] = 40;
        assertNear(expected, dx, 0);
    }

    @ParameterizedTest
    @CsvSource({"2,4,6,3,2", "2,7,5,2,3", "1,33,33,1,2", "3,2,2,1,1"})
    void poolingGoesBack(int n, int h, int w, int c, int window) {
        double[] x = normal(n * h * w * c, 1);
        MaxPoolRef.Result result = MaxPoolRef.forward(x, n, h, w, c, window);
        double[] dy = normal(result.y().length, 2);
        double[] dx = MaxPoolRef.backward(dy, result.index(), n, h, w, c, window);
        assertBackward(at -> MaxPoolRef.forward(at, n, h, w, c, window).y(), x, dy, dx);
    }

    /** 1, 2, 3, 4 have the mean 2.5 and the biased variance 1.25; the second channel has the mean 0 and the variance 100. */
    @Test
    void batchNormUsesTheBatchAndMovesTheRunningStatistics() {
        double[] x = {1, 10, 2, -10, 3, 10, 4, -10};
        BatchNormRef.Training t = BatchNormRef.forward(x, new double[] {2, 1}, new double[] {0.5, 0}, new double[] {1, 0},
                new double[] {1, 1}, 4, 2, 0.75, 0.31);
        assertNear(new double[] {2.5, 0}, t.mean(), EXACT);
        assertNear(new double[] {1 / Math.sqrt(1.56), 1 / Math.sqrt(100.31)}, t.invStd(), EXACT);
        assertNear(new double[] {1.375, 0}, t.runningMean(), EXACT);
        assertNear(new double[] {1.0625, 25.75}, t.runningVar(), EXACT);
        assertEquals(2 * -1.5 / Math.sqrt(1.56) + 0.5, t.y()[0], EXACT);
        assertEquals(-10 / Math.sqrt(100.31), t.y()[7], EXACT);
    }

    @Test
    void batchNormInfersWithTheRunningStatistics() {
        double[] y = BatchNormRef.inference(new double[] {3, 1, 5, 2}, new double[] {2, 1}, new double[] {0.5, -1}, new double[] {1, 2},
                new double[] {0.75, 3}, 2, 2, 0.25);
        assertNear(new double[] {4.5, -1 - 1 / Math.sqrt(3.25), 8.5, -1}, y, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"6, 3", "127, 1", "2, 5"})
    void batchNormGoesBackThroughItsStatistics(int rows, int channels) {
        double[] x = normal(rows * channels, 1);
        double[] gamma = normal(channels, 2);
        double[] beta = normal(channels, 3);
        double[] dy = normal(rows * channels, 4);
        double[] running = new double[channels];
        BatchNormRef.Training t = BatchNormRef.forward(x, gamma, beta, running, running, rows, channels, 0.99, 1e-3);
        BatchNormRef.Gradients gradients = BatchNormRef.backward(dy, x, gamma, t.mean(), t.invStd(), rows, channels);
        assertBackward(at -> BatchNormRef.forward(at, gamma, beta, running, running, rows, channels, 0.99, 1e-3).y(), x, dy,
                gradients.dx());
        assertBackward(at -> BatchNormRef.forward(x, at, beta, running, running, rows, channels, 0.99, 1e-3).y(), gamma, dy,
                gradients.dgamma());
        assertBackward(at -> BatchNormRef.forward(x, gamma, at, running, running, rows, channels, 0.99, 1e-3).y(), beta, dy,
                gradients.dbeta());
    }

    @Test
    void denseWeightsAreInByOut() {
        double[] y = DenseRef.forward(new double[] {1, 2, -1, 0}, new double[] {1, 2, 3, 4, 5, 6}, new double[] {0.5, 0, -1}, 2, 2, 3);
        assertNear(new double[] {9.5, 12, 14, -0.5, -2, -4}, y, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 10", "5, 7, 2"})
    void denseGoesBack(int n, int in, int out) {
        double[] x = normal(n * in, 1);
        double[] w = normal(in * out, 2);
        double[] b = normal(out, 3);
        double[] dy = normal(n * out, 4);
        assertBackward(at -> DenseRef.forward(at, w, b, n, in, out), x, dy, DenseRef.backwardData(dy, w, n, in, out));
        DenseRef.WeightGradients gradients = DenseRef.backwardWeights(x, dy, n, in, out);
        assertBackward(at -> DenseRef.forward(x, at, b, n, in, out), w, dy, gradients.dw());
        assertBackward(at -> DenseRef.forward(x, w, at, n, in, out), b, dy, gradients.db());
    }

    @Test
    void activationsAndTheirWaysBack() {
        double[] x = {-2, -0.3, 0.4, 5};
        double[] dy = {1, -2, 3, -4};
        assertNear(new double[] {0, 0, 0.4, 5}, ActivationRef.relu(x), 0);
        assertNear(new double[] {0.5, 1, 0}, ActivationRef.sigmoid(new double[] {0, 1000, -1000}), 0);
        assertBackward(ActivationRef::relu, x, dy, ActivationRef.reluBackward(dy, ActivationRef.relu(x)));
        assertBackward(ActivationRef::sigmoid, x, dy, ActivationRef.sigmoidBackward(dy, ActivationRef.sigmoid(x)));
        assertNear(new double[] {0}, ActivationRef.reluBackward(new double[] {1}, new double[] {0}), 0);
    }
}
