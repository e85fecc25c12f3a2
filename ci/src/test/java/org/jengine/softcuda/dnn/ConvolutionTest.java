package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jengine.softcuda.blas.DataType;
import org.junit.jupiter.api.Test;

/** Convolutions and their gradients against sums in double over every tap, in both layouts. */
class ConvolutionTest {
    private final Graphs graphs = new Graphs(90);

    /** One case: images n x c x h x w, k filters of r x s. */
    private record Case(int n, int c, int h, int w, int k, int r, int s, int groups, int pad, int stride, int dilation) {
        int outHeight() {
            return (h + 2 * pad - dilation * (r - 1) - 1) / stride + 1;
        }

        int outWidth() {
            return (w + 2 * pad - dilation * (s - 1) - 1) / stride + 1;
        }

        /** Calls for every product of the convolution. */
        void each(Tap body) {
            int perGroup = c / groups;
            for (int image = 0; image < n; image++) {
                for (int filter = 0; filter < k; filter++) {
                    int group = filter / (k / groups);
                    for (int channel = 0; channel < perGroup; channel++) {
                        for (int p = 0; p < outHeight(); p++) {
                            for (int q = 0; q < outWidth(); q++) {
                                for (int i = 0; i < r; i++) {
                                    for (int j = 0; j < s; j++) {
                                        int y = p * stride - pad + i * dilation;
                                        int x = q * stride - pad + j * dilation;
                                        if (y >= 0 && y < h && x >= 0 && x < w) {
                                            body.of(((image * c + group * perGroup + channel) * h + y) * w + x,
                                                    ((filter * perGroup + channel) * r + i) * s + j,
                                                    ((image * k + filter) * outHeight() + p) * outWidth() + q);
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /** Places of the image, the filter and the result. */
    private interface Tap {
        void of(int x, int w, int y);
    }

    private static final Case[] CASES = {new Case(2, 3, 8, 7, 4, 3, 3, 1, 0, 1, 1), new Case(1, 2, 5, 9, 3, 3, 2, 1, 1, 1, 1),
        new Case(2, 4, 9, 9, 6, 3, 3, 2, 1, 2, 1), new Case(1, 2, 12, 11, 2, 3, 3, 1, 2, 2, 2), new Case(3, 5, 6, 6, 7, 1, 1, 1, 0, 1, 1),
        new Case(1, 4, 7, 6, 4, 3, 3, 4, 1, 1, 1), new Case(1, 1, 4, 4, 1, 3, 3, 1, 2, 3, 1)};

    private static void near(double[] expected, float[] got, double bound) {
        assertEquals(expected.length, got.length);
        double size = 1;
        for (double value : expected) {
            size = Math.max(size, Math.abs(value));
        }
        for (int i = 0; i < got.length; i++) {
            assertEquals(expected[i], got[i], bound * size);
        }
    }

    private void check(Case c, DataType type, boolean last, double bound) {
        long settings = graphs.convolution(c.pad, c.stride, c.dilation);
        Graphs.Placed x = graphs.input(type, last, c.n, c.c, c.h, c.w);
        Graphs.Placed w = graphs.input(type, last, c.k, c.c / c.groups, c.r, c.s);
        Graphs.Placed dy = graphs.input(type, last, c.n, c.k, c.outHeight(), c.outWidth());
        Graphs.Placed y = graphs.output(type, last, dy.tensor().dims());
        Graphs.Placed dx = graphs.output(type, last, x.tensor().dims());
        Graphs.Placed dw = graphs.output(type, last, w.tensor().dims());
        graphs.run(graphs.graph(graphs.forward(settings, x, w, y)), x, w, y);
        graphs.run(graphs.graph(graphs.data(settings, dx, w, dy)), dx, w, dy);
        graphs.run(graphs.graph(graphs.filter(settings, x, dw, dy)), x, dw, dy);
        double[] ys = new double[y.tensor().count()];
        double[] dxs = new double[x.tensor().count()];
        double[] dws = new double[w.tensor().count()];
        c.each((a, b, to) -> {
            ys[to] += (double) x.values()[a] * w.values()[b];
            dxs[a] += (double) dy.values()[to] * w.values()[b];
            dws[b] += (double) dy.values()[to] * x.values()[a];
        });
        near(ys, graphs.read(y), bound);
        near(dxs, graphs.read(dx), bound);
        near(dws, graphs.read(dw), bound);
    }

    @Test
    void everyCaseInBothLayoutsAndTypes() {
        for (Case one : CASES) {
            check(one, DataType.F32, false, 1e-6);
            check(one, DataType.F32, true, 1e-6);
            check(one, DataType.F16, true, 1e-3);
            check(one, DataType.BF16, true, 8e-3);
        }
    }

    @Test
    void biasAndActivationAreFused() {
        long settings = graphs.convolution(1, 1, 1);
        Graphs.Placed x = graphs.input(DataType.F32, true, 2, 3, 6, 6);
        Graphs.Placed w = graphs.input(DataType.F32, true, 5, 3, 3, 3);
        Graphs.Placed b = graphs.input(DataType.F32, true, 1, 5, 1, 1);
        Graphs.Placed y = graphs.output(DataType.F32, true, 2, 5, 6, 6);
        Graphs.Placed plain = graphs.output(DataType.F32, true, 2, 5, 6, 6);
        Graphs.Placed sum = graphs.virtual(2, 5, 6, 6);
        Graphs.Placed shifted = graphs.virtual(2, 5, 6, 6);
        graphs.run(graphs.graph(graphs.forward(settings, x, w, plain)), x, w, plain);
        graphs.run(graphs.graph(graphs.forward(settings, x, w, sum), graphs.pointwise(Pointwise.ADD, sum, b, shifted),
                graphs.pointwise(Pointwise.RELU, shifted, null, y)), x, w, b, y);
        float[] expected = graphs.read(plain);
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Math.max(0, expected[i] + b.values()[i / 36 % 5]);
        }
        assertTrue(java.util.Arrays.equals(expected, graphs.read(y)));
    }

    /** 1 + 2^-12 is not a TF32 number: the engine on tensor cores loses the last bit, the other keeps it. */
    @Test
    void tensorCoresRoundFloats() {
        Graphs.Placed x = graphs.filled(graphs.output(DataType.F32, true, 1, 1, 1, 1), new float[] {1 + 0x1p-12f});
        Graphs.Placed w = graphs.filled(graphs.output(DataType.F32, true, 1, 1, 1, 1), new float[] {1});
        Graphs.Placed y = graphs.output(DataType.F32, true, 1, 1, 1, 1);
        long graph = graphs.graph(graphs.forward(graphs.convolution(0, 1, 1), x, w, y));
        long plan = graphs.plan(graphs.configurations(graph).get(0));
        graphs.ok(graphs.execute(plan, graphs.memory.allocate(graphs.workspace(plan)), x, w, y));
        graphs.caller.await();
        assertEquals(1, graphs.read(y)[0]);
        graphs.run(graph, x, w, y);
        assertEquals(1 + 0x1p-12f, graphs.read(y)[0]);
    }
}
