package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.jengine.softcuda.blas.DataType;
import org.junit.jupiter.api.Test;

/** Pools, norms, pointwise functions, reductions and products of graphs against plain loops and finite differences. */
class LayersTest {
    private final Graphs graphs = new Graphs(90);

    private long pool(boolean backward, Graphs.Placed x, Graphs.Placed y, Graphs.Placed index) {
        long settings = graphs.create(Kind.RESAMPLE);
        graphs.ok(graphs.set(settings, Attribute.RESAMPLE_MODE, Type.RESAMPLE_MODE, 3));
        graphs.ok(graphs.set(settings, Attribute.RESAMPLE_COMP_TYPE, Type.DATA_TYPE, 0));
        graphs.ok(graphs.set(settings, Attribute.RESAMPLE_SPATIAL_DIMS, Type.INT64, 2));
        graphs.ok(graphs.set(settings, Attribute.RESAMPLE_WINDOW_DIMS, Type.INT64, 2, 2));
        graphs.ok(graphs.set(settings, Attribute.RESAMPLE_STRIDES, Type.INT64, 2, 2));
        graphs.ok(graphs.complete(settings));
        long id = graphs.create(backward ? Kind.OPERATION_RESAMPLE_BWD : Kind.OPERATION_RESAMPLE_FWD);
        graphs.ok(graphs.set(id, backward ? Attribute.OPERATION_RESAMPLE_BWD_DESC : Attribute.OPERATION_RESAMPLE_FWD_DESC,
                Type.DESCRIPTOR, settings));
        graphs.ok(graphs.set(id, backward ? Attribute.OPERATION_RESAMPLE_BWD_DXDESC : Attribute.OPERATION_RESAMPLE_FWD_XDESC,
                Type.DESCRIPTOR, x.id()));
        graphs.ok(graphs.set(id, backward ? Attribute.OPERATION_RESAMPLE_BWD_DYDESC : Attribute.OPERATION_RESAMPLE_FWD_YDESC,
                Type.DESCRIPTOR, y.id()));
        if (index != null) {
            graphs.ok(graphs.set(id, backward ? Attribute.OPERATION_RESAMPLE_BWD_IDXDESC : Attribute.OPERATION_RESAMPLE_FWD_IDXDESC,
                    Type.DESCRIPTOR, index.id()));
        }
        graphs.ok(graphs.complete(id));
        return id;
    }

    /** 5 x 7 leaves an edge that no window covers. */
    @Test
    void maxPoolWithItsIndexAndBack() {
        Graphs.Placed x = graphs.input(DataType.F16, true, 2, 3, 5, 7);
        Graphs.Placed y = graphs.output(DataType.F16, true, 2, 3, 2, 3);
        Graphs.Placed index = graphs.output(DataType.I8, true, 2, 3, 2, 3);
        Graphs.Placed dy = graphs.input(DataType.F16, true, 2, 3, 2, 3);
        Graphs.Placed dx = graphs.output(DataType.F16, true, 2, 3, 5, 7);
        graphs.run(graphs.graph(pool(false, x, y, index)), x, y, index);
        graphs.run(graphs.graph(pool(true, dx, dy, index)), dx, dy, index);
        float[] expected = new float[2 * 3 * 5 * 7];
        float[] got = graphs.read(y);
        for (int i = 0; i < got.length; i++) {
            int corner = i / 6 * 35 + i / 3 % 2 * 14 + i % 3 * 2;
            int best = corner;
            for (int place : new int[] {corner + 1, corner + 7, corner + 8}) {
                best = x.values()[place] > x.values()[best] ? place : best;
            }
            assertEquals(x.values()[best], got[i]);
            expected[best] = dy.values()[i];
        }
        assertTrue(java.util.Arrays.equals(expected, graphs.read(dx)));
        assertEquals(3001, graphs.complete(graphs.heuristics(graphs.graph(pool(true, dx, dy, null)))));
    }

    private Graphs.Placed scalar(float value) {
        return graphs.filled(graphs.output(DataType.F32, false, 1, 1, 1, 1), new float[] {value});
    }

    @Test
    void batchNormTrainsAndItsGradientsAreDifferences() {
        int[] per = {1, 3, 1, 1};
        Graphs.Placed x = graphs.input(DataType.F32, true, 4, 3, 2, 5);
        Graphs.Placed scale = graphs.input(DataType.F32, true, per);
        Graphs.Placed bias = graphs.input(DataType.F32, true, per);
        Graphs.Placed mean = graphs.output(DataType.F32, true, per);
        Graphs.Placed inverse = graphs.output(DataType.F32, true, per);
        Graphs.Placed oldMean = graphs.input(DataType.F32, true, per);
        Graphs.Placed oldVariance = graphs.input(DataType.F32, true, per);
        Graphs.Placed newMean = graphs.output(DataType.F32, true, per);
        Graphs.Placed newVariance = graphs.output(DataType.F32, true, per);
        Graphs.Placed y = graphs.output(DataType.F32, true, 4, 3, 2, 5);
        Graphs.Placed epsilon = scalar(1e-3f);
        Graphs.Placed factor = scalar(0.25f);
        long id = graphs.create(Kind.OPERATION_NORM_FORWARD);
        graphs.ok(graphs.set(id, Attribute.OPERATION_NORM_FWD_MODE, Type.NORM_MODE, 2));
        graphs.ok(graphs.set(id, Attribute.OPERATION_NORM_FWD_PHASE, Type.NORM_FWD_PHASE, 1));
        Object[][] parts = {{Attribute.OPERATION_NORM_FWD_XDESC, x}, {Attribute.OPERATION_NORM_FWD_SCALE_DESC, scale},
            {Attribute.OPERATION_NORM_FWD_BIAS_DESC, bias}, {Attribute.OPERATION_NORM_FWD_MEAN_DESC, mean},
            {Attribute.OPERATION_NORM_FWD_INV_VARIANCE_DESC, inverse}, {Attribute.OPERATION_NORM_FWD_EPSILON_DESC, epsilon},
            {Attribute.OPERATION_NORM_FWD_EXP_AVG_FACTOR_DESC, factor}, {Attribute.OPERATION_NORM_FWD_INPUT_RUNNING_MEAN_DESC, oldMean},
            {Attribute.OPERATION_NORM_FWD_INPUT_RUNNING_VAR_DESC, oldVariance},
            {Attribute.OPERATION_NORM_FWD_OUTPUT_RUNNING_MEAN_DESC, newMean},
            {Attribute.OPERATION_NORM_FWD_OUTPUT_RUNNING_VAR_DESC, newVariance}, {Attribute.OPERATION_NORM_FWD_YDESC, y}};
        graphs.ok(finish(id, parts));
        graphs.run(graphs.graph(id), tensors(parts));
        for (int channel = 0; channel < 3; channel++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < 40; i++) {
                double value = x.values()[i / 10 * 30 + channel * 10 + i % 10];
                sum += value;
                squares += value * value;
            }
            double middle = sum / 40;
            double variance = squares / 40 - middle * middle;
            assertEquals(middle, graphs.read(mean)[channel], 1e-6);
            assertEquals(1 / Math.sqrt(variance + 1e-3), graphs.read(inverse)[channel], 1e-5);
            assertEquals(0.75 * oldMean.values()[channel] + 0.25 * middle, graphs.read(newMean)[channel], 1e-6);
            assertEquals(0.75 * oldVariance.values()[channel] + 0.25 * variance * 40 / 39, graphs.read(newVariance)[channel], 1e-5);
        }
        Graphs.Placed dy = graphs.input(DataType.F32, true, 4, 3, 2, 5);
        Graphs.Placed dx = graphs.output(DataType.F32, true, 4, 3, 2, 5);
        Graphs.Placed dscale = graphs.output(DataType.F32, true, per);
        Graphs.Placed dbias = graphs.output(DataType.F32, true, per);
        long back = graphs.create(Kind.OPERATION_NORM_BACKWARD);
        graphs.ok(graphs.set(back, Attribute.OPERATION_NORM_BWD_MODE, Type.NORM_MODE, 2));
        Object[][] others = {{Attribute.OPERATION_NORM_BWD_XDESC, x}, {Attribute.OPERATION_NORM_BWD_MEAN_DESC, mean},
            {Attribute.OPERATION_NORM_BWD_INV_VARIANCE_DESC, inverse}, {Attribute.OPERATION_NORM_BWD_DYDESC, dy},
            {Attribute.OPERATION_NORM_BWD_SCALE_DESC, scale}, {Attribute.OPERATION_NORM_BWD_DSCALE_DESC, dscale},
            {Attribute.OPERATION_NORM_BWD_DBIAS_DESC, dbias}, {Attribute.OPERATION_NORM_BWD_DXDESC, dx}};
        graphs.ok(finish(back, others));
        graphs.run(graphs.graph(back), tensors(others));
        ToDoubleFunction<double[]> loss = data -> normLoss(data, scale.values(), bias.values(), dy.values());
        difference(loss, doubles(x.values()), graphs.read(dx));
        difference(data -> normLoss(doubles(x.values()), floats(data), bias.values(), dy.values()), doubles(scale.values()),
                graphs.read(dscale));
        difference(data -> normLoss(doubles(x.values()), scale.values(), floats(data), dy.values()), doubles(bias.values()),
                graphs.read(dbias));
    }

    private int finish(long id, Object[][] parts) {
        for (Object[] part : parts) {
            graphs.ok(graphs.set(id, (Attribute) part[0], Type.DESCRIPTOR, ((Graphs.Placed) part[1]).id()));
        }
        return graphs.complete(id);
    }

    private static Graphs.Placed[] tensors(Object[][] parts) {
        return java.util.Arrays.stream(parts).map(part -> (Graphs.Placed) part[1]).toArray(Graphs.Placed[]::new);
    }

    private static double normLoss(double[] x, float[] scale, float[] bias, float[] dy) {
        double loss = 0;
        for (int channel = 0; channel < 3; channel++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < 40; i++) {
                sum += x[i / 10 * 30 + channel * 10 + i % 10];
            }
            for (int i = 0; i < 40; i++) {
                double off = x[i / 10 * 30 + channel * 10 + i % 10] - sum / 40;
                squares += off * off;
            }
            for (int i = 0; i < 40; i++) {
                int at = i / 10 * 30 + channel * 10 + i % 10;
                loss += dy[at] * (scale[channel] * (x[at] - sum / 40) / Math.sqrt(squares / 40 + 1e-3) + bias[channel]);
            }
        }
        return loss;
    }

    private static double[] doubles(float[] values) {
        double[] made = new double[values.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = values[i];
        }
        return made;
    }

    private static float[] floats(double[] values) {
        float[] made = new float[values.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = (float) values[i];
        }
        return made;
    }

    private static void difference(ToDoubleFunction<double[]> loss, double[] at, float[] gradient) {
        for (int i = 0; i < at.length; i++) {
            double kept = at[i];
            at[i] = kept + 1e-3;
            double above = loss.applyAsDouble(at);
            at[i] = kept - 1e-3;
            double below = loss.applyAsDouble(at);
            at[i] = kept;
            assertEquals((above - below) / 2e-3, gradient[i], 2e-3 * (1 + Math.abs(gradient[i])));
        }
    }

    @Test
    void activationsAndTheirSlopes() {
        check(Pointwise.RELU, x -> Math.max(0, x));
        check(Pointwise.TANH, Math::tanh);
        check(Pointwise.SIGMOID, x -> 1 / (1 + Math.exp(-x)));
        check(Pointwise.ELU, x -> x > 0 ? x : Math.exp(x) - 1);
        check(Pointwise.SOFTPLUS, x -> Math.log(1 + Math.exp(x)));
        check(Pointwise.SWISH, x -> x / (1 + Math.exp(-x)));
        check(Pointwise.GELU_TANH, x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
        check(Pointwise.GELU, x -> x * normal(x));
    }

    /** The integral of the normal distribution up to x, by Simpson's rule. */
    private static double normal(double x) {
        double sum = 0;
        int steps = 2000;
        double width = (x + 10) / steps;
        for (int i = 0; i <= steps; i++) {
            double at = -10 + i * width;
            sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.exp(-at * at / 2);
        }
        return sum * width / 3 / Math.sqrt(2 * Math.PI);
    }

    private void check(int mode, DoubleUnaryOperator function) {
        Graphs.Placed x = graphs.input(DataType.F32, false, 1, 2, 3, 7);
        Graphs.Placed dy = graphs.input(DataType.F32, false, 1, 2, 3, 7);
        Graphs.Placed y = graphs.output(DataType.F32, false, 1, 2, 3, 7);
        Graphs.Placed dx = graphs.output(DataType.F32, false, 1, 2, 3, 7);
        graphs.run(graphs.graph(graphs.pointwise(mode, x, null, y)), x, y);
        graphs.run(graphs.graph(graphs.pointwise(mode + 100, x, dy, dx)), x, dy, dx);
        for (int i = 0; i < x.values().length; i++) {
            double at = x.values()[i];
            assertEquals(function.applyAsDouble(at), graphs.read(y)[i], 1e-6);
            double slope = (function.applyAsDouble(at + 1e-4) - function.applyAsDouble(at - 1e-4)) / 2e-4;
            assertEquals(slope * dy.values()[i], graphs.read(dx)[i], 1e-4);
        }
    }

    @Test
    void reductionsAndProducts() {
        Graphs.Placed x = graphs.input(DataType.BF16, true, 3, 4, 2, 2);
        Graphs.Placed sum = graphs.output(DataType.F32, true, 1, 4, 1, 1);
        long settings = graphs.create(Kind.REDUCTION);
        graphs.ok(graphs.set(settings, Attribute.REDUCTION_OPERATOR, Type.REDUCTION_OPERATOR, 0));
        graphs.ok(graphs.set(settings, Attribute.REDUCTION_COMP_TYPE, Type.DATA_TYPE, 0));
        graphs.ok(graphs.complete(settings));
        long id = graphs.create(Kind.OPERATION_REDUCTION);
        graphs.ok(graphs.set(id, Attribute.OPERATION_REDUCTION_DESC, Type.DESCRIPTOR, settings));
        graphs.ok(finish(id, new Object[][] {{Attribute.OPERATION_REDUCTION_XDESC, x}, {Attribute.OPERATION_REDUCTION_YDESC, sum}}));
        graphs.run(graphs.graph(id), x, sum);
        for (int channel = 0; channel < 4; channel++) {
            double expected = 0;
            for (int i = 0; i < 12; i++) {
                expected += x.values()[i / 4 * 16 + channel * 4 + i % 4];
            }
            assertEquals(expected, graphs.read(sum)[channel], 1e-5);
        }
        Graphs.Placed a = graphs.input(DataType.F32, false, 2, 3, 5);
        Graphs.Placed b = graphs.input(DataType.F32, false, 1, 5, 4);
        Graphs.Placed c = graphs.output(DataType.F32, false, 2, 3, 4);
        long product = graphs.create(Kind.MATMUL);
        graphs.ok(graphs.set(product, Attribute.MATMUL_COMP_TYPE, Type.DATA_TYPE, 0));
        graphs.ok(graphs.complete(product));
        long operation = graphs.create(Kind.OPERATION_MATMUL);
        graphs.ok(graphs.set(operation, Attribute.OPERATION_MATMUL_DESC, Type.DESCRIPTOR, product));
        graphs.ok(finish(operation, new Object[][] {{Attribute.OPERATION_MATMUL_ADESC, a}, {Attribute.OPERATION_MATMUL_BDESC, b},
            {Attribute.OPERATION_MATMUL_CDESC, c}}));
        graphs.run(graphs.graph(operation), a, b, c);
        for (int i = 0; i < 24; i++) {
            double expected = 0;
            for (int p = 0; p < 5; p++) {
                expected += a.values()[i / 4 * 5 + p] * b.values()[p * 4 + i % 4];
            }
            assertEquals(expected, graphs.read(c)[i], 1e-5);
        }
    }
}
