package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.jengine.softcuda.blas.Caller;
import org.jengine.softcuda.blas.DeviceMemory;
import org.jengine.softcuda.check.Reports;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calls before the graph interface: descriptors, and layers against plain loops. */
class LegacyTest {
    private final DeviceMemory memory = new DeviceMemory();
    private final Caller caller = new Caller();
    private final Random random = new Random(2);
    private long handle;

    @BeforeEach
    void create() {
        new Dnn(memory, caller, null, new Reports(report -> { }), () -> 75).provide(caller.calls());
        ok("cudnnCreate", 1L);
        handle = caller.i64();
    }

    private void ok(String name, Object... arguments) {
        assertEquals(0, caller.call(name, arguments), caller::error);
    }

    private long descriptor(String kind) {
        ok("cudnnCreate" + kind + "Descriptor", 1L);
        return caller.i64();
    }

    private long tensor(int... dims) {
        long id = descriptor("Tensor");
        ok("cudnnSetTensor4dDescriptor", id, 0, 0, dims[0], dims[1], dims[2], dims[3]);
        return id;
    }

    private float[] draw(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private float[] read(long address, int count) {
        caller.await();
        return memory.readFloats(DeviceMemory.TURN, address, count);
    }

    private static byte[] ints(int... values) {
        return Dnn.bytes(values);
    }

    @Test
    void convolutionWithItsAlgorithms() {
        long x = tensor(1, 2, 4, 5);
        long y = tensor(1, 3, 2, 3);
        long w = descriptor("Filter");
        ok("cudnnSetFilterNdDescriptor", w, 0, 0, 4, ints(3, 2, 3, 3));
        long settings = descriptor("Convolution");
        ok("cudnnSetConvolutionNdDescriptor", settings, 2, ints(0, 0), ints(1, 1), ints(1, 1), 1, 0);
        ok("cudnnGetConvolutionNdForwardOutputDim", settings, x, w, 4, 1L);
        assertTrue(java.util.Arrays.equals(ints(1, 3, 2, 3), caller.bytes()));
        ok("cudnnGetConvolutionForwardAlgorithm_v7", handle, x, w, settings, y, 9, 1L, 1L);
        int count = caller.i32();
        ByteBuffer found = ByteBuffer.wrap(caller.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        float[] xs = draw(40);
        float[] ws = draw(54);
        long xAt = memory.floats(xs);
        long wAt = memory.floats(ws);
        float[] expected = new float[18];
        for (int i = 0; i < 18; i++) {
            for (int tap = 0; tap < 18; tap++) {
                expected[i] += xs[tap / 9 * 20 + (i / 3 % 2 + tap / 3 % 3) * 5 + i % 3 + tap % 3] * ws[i / 6 * 18 + tap];
            }
        }
        assertEquals(7, count);
        for (int i = 0; i < count; i++) {
            int algorithm = found.getInt(i * 48);
            long bytes = found.getLong(i * 48 + 16);
            ok("cudnnGetConvolutionForwardWorkspaceSize", handle, x, w, settings, y, algorithm, 1L);
            assertEquals(bytes, caller.i64());
            long yAt = memory.allocate(72);
            long workspace = bytes == 0 ? 0 : memory.allocate(bytes);
            if (bytes > 0) {
                assertEquals(2006, caller.call("cudnnConvolutionForward", handle, Caller.scalar(1), x, xAt, w, wAt, settings, algorithm,
                        workspace, bytes - 1, Caller.scalar(0), y, yAt));
            }
            ok("cudnnConvolutionForward", handle, Caller.scalar(1), x, xAt, w, wAt, settings, algorithm, workspace, bytes,
                    Caller.scalar(0), y, yAt);
            float[] got = read(yAt, 18);
            for (int j = 0; j < 18; j++) {
                assertEquals(expected[j], got[j], 1e-5);
            }
        }
        assertEquals(3000, caller.call("cudnnGetConvolutionForwardWorkspaceSize", handle, x, w, settings, y, 3, 1L));
    }

    @Test
    void biasPoolAndActivation() {
        long x = tensor(2, 3, 4, 4);
        float[] xs = draw(96);
        float[] bs = draw(3);
        long at = memory.floats(xs);
        ok("cudnnAddTensor", handle, Caller.scalar(2), tensor(1, 3, 1, 1), memory.floats(bs), Caller.scalar(1), x, at);
        float[] added = read(at, 96);
        assertEquals(xs[40] + 2 * bs[2], added[40], 1e-6);
        long relu = descriptor("Activation");
        ok("cudnnSetActivationDescriptor", relu, 1, 0, 0.0);
        long to = memory.allocate(4 * 96);
        ok("cudnnActivationForward", handle, relu, Caller.scalar(1), x, at, Caller.scalar(0), x, to);
        float[] cut = read(to, 96);
        for (int i = 0; i < 96; i++) {
            assertEquals(Math.max(0, added[i]), cut[i]);
        }
        long pool = descriptor("Pooling");
        ok("cudnnSetPooling2dDescriptor", pool, 2, 0, 3, 3, 1, 1, 2, 2);
        long y = tensor(2, 3, 2, 2);
        long yAt = memory.allocate(4 * 24);
        ok("cudnnPoolingForward", handle, pool, Caller.scalar(1), x, at, Caller.scalar(0), y, yAt);
        assertEquals((added[0] + added[1] + added[4] + added[5]) / 4, read(yAt, 24)[0], 1e-6);
        long dx = memory.allocate(4 * 96);
        ok("cudnnPoolingBackward", handle, pool, Caller.scalar(1), y, yAt, y, yAt, x, at, Caller.scalar(0), x, dx);
        float[] ys = read(yAt, 24);
        assertEquals(ys[0] / 4 + ys[1] / 6 + ys[2] / 6 + ys[3] / 9, read(dx, 96)[5], 1e-6);
    }

    @Test
    void softmaxOverChannelsAndItsGradient() {
        long x = tensor(2, 3, 1, 2);
        float[] xs = draw(12);
        long at = memory.floats(xs);
        long y = memory.allocate(48);
        ok("cudnnSoftmaxForward", handle, 1, 1, Caller.scalar(1), x, at, Caller.scalar(0), x, y);
        float[] ys = read(y, 12);
        double sum = Math.exp(xs[7]) + Math.exp(xs[9]) + Math.exp(xs[11]);
        assertEquals(Math.exp(xs[9]) / sum, ys[9], 1e-6);
        float[] dys = draw(12);
        long dx = memory.allocate(48);
        ok("cudnnSoftmaxBackward", handle, 1, 1, Caller.scalar(1), x, y, x, memory.floats(dys), Caller.scalar(0), x, dx);
        double mean = dys[7] * ys[7] + dys[9] * ys[9] + dys[11] * ys[11];
        assertEquals(ys[9] * (dys[9] - mean), read(dx, 12)[9], 1e-6);
        ok("cudnnSoftmaxForward", handle, 2, 0, Caller.scalar(1), x, at, Caller.scalar(0), x, y);
        double all = 0;
        for (int i = 0; i < 6; i++) {
            all += Math.exp(xs[i]);
        }
        assertEquals(xs[2] - Math.log(all), read(y, 12)[2], 1e-6);
    }

    @Test
    void localResponseAndItsGradient() {
        long x = tensor(1, 5, 1, 1);
        float[] xs = draw(5);
        float[] dys = draw(5);
        long norm = descriptor("LRN");
        ok("cudnnSetLRNDescriptor", norm, 3, 0.3, 0.75, 2.0);
        long y = memory.allocate(20);
        long at = memory.floats(xs);
        ok("cudnnLRNCrossChannelForward", handle, norm, 0, Caller.scalar(1), x, at, Caller.scalar(0), x, y);
        float[] ys = read(y, 5);
        for (int i = 0; i < 5; i++) {
            assertEquals(response(xs, i, 0, 0), ys[i], 1e-6);
        }
        long dx = memory.allocate(20);
        ok("cudnnLRNCrossChannelBackward", handle, norm, 0, Caller.scalar(1), x, y, x, memory.floats(dys), x, at, Caller.scalar(0), x, dx);
        for (int i = 0; i < 5; i++) {
            double slope = 0;
            for (int j = 0; j < 5; j++) {
                slope += dys[j] * (response(xs, j, i, 1e-4) - response(xs, j, i, -1e-4)) / 2e-4;
            }
            assertEquals(slope, read(dx, 5)[i], 1e-4);
        }
        assertEquals(2000, caller.call("cudnnSetLRNDescriptor", norm, 17, 0.3, 0.75, 2.0));
    }

    private static double response(float[] xs, int channel, int moved, double by) {
        double sum = 0;
        for (int i = Math.max(0, channel - 1); i < Math.min(5, channel + 2); i++) {
            double value = xs[i] + (i == moved ? by : 0);
            sum += value * value;
        }
        return (xs[channel] + (channel == moved ? by : 0)) / Math.pow(2 + 0.3 / 3 * sum, 0.75);
    }

    @Test
    void batchNormTrainsInfersAndGoesBack() {
        long x = tensor(4, 2, 1, 3);
        long per = descriptor("Tensor");
        ok("cudnnDeriveBNTensorDescriptor", per, x, 1);
        float[] xs = draw(24);
        long at = memory.floats(xs);
        long scale = memory.floats(2, 3);
        long bias = memory.floats(-1, 1);
        long y = memory.allocate(96);
        long[] kept = {memory.allocate(8), memory.allocate(8), memory.allocate(8), memory.allocate(8)};
        ok("cudnnBatchNormalizationForwardTraining", handle, 1, Caller.scalar(1), Caller.scalar(0), x, at, x, y, per, scale, bias, 1.0,
                kept[0], kept[1], 1e-3, kept[2], kept[3]);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 12; i++) {
            double value = xs[i / 3 * 6 + 3 + i % 3];
            sum += value;
            squares += value * value;
        }
        double mean = sum / 12;
        double variance = squares / 12 - mean * mean;
        assertEquals(3 * (xs[4] - mean) / Math.sqrt(variance + 1e-3) + 1, read(y, 24)[4], 1e-5);
        assertEquals(mean, read(kept[0], 2)[1], 1e-6);
        assertEquals(variance * 12 / 11, read(kept[1], 2)[1], 1e-6);
        ok("cudnnBatchNormalizationForwardInference", handle, 1, Caller.scalar(1), Caller.scalar(0), x, at, x, y, per, scale, bias, kept[0],
                kept[1], 1e-3);
        assertEquals(3 * (xs[4] - mean) / Math.sqrt(variance * 12 / 11 + 1e-3) + 1, read(y, 24)[4], 1e-5);
        long dx = memory.allocate(96);
        long dscale = memory.allocate(8);
        long dbias = memory.allocate(8);
        float[] dys = draw(24);
        ok("cudnnBatchNormalizationBackward", handle, 1, Caller.scalar(1), Caller.scalar(0), Caller.scalar(1), Caller.scalar(0), x, at, x,
                memory.floats(dys), x, dx, per, scale, dscale, dbias, 1e-3, kept[2], kept[3]);
        double total = 0;
        double drift = 0;
        for (int i = 0; i < 12; i++) {
            total += dys[i / 3 * 6 + 3 + i % 3];
            drift += read(dx, 24)[i / 3 * 6 + 3 + i % 3];
        }
        assertEquals(total, read(dbias, 2)[1], 1e-5);
        assertEquals(0, drift, 1e-5);
    }

    @Test
    void dropoutKeepsItsMask() {
        long x = tensor(1, 1, 10, 100);
        float[] ones = new float[1000];
        java.util.Arrays.fill(ones, 1);
        long at = memory.floats(ones);
        long drop = descriptor("Dropout");
        ok("cudnnDropoutGetStatesSize", handle, 1L);
        long bytes = caller.i64();
        ok("cudnnSetDropoutDescriptor", drop, handle, 0.25f, memory.allocate(bytes), bytes, 7L);
        long y = memory.allocate(4000);
        long dx = memory.allocate(4000);
        long reserve = memory.allocate(1000);
        ok("cudnnDropoutForward", handle, drop, x, at, x, y, reserve, 1000L);
        ok("cudnnDropoutBackward", handle, drop, x, at, x, dx, reserve, 1000L);
        float[] kept = read(y, 1000);
        double sum = 0;
        for (float value : kept) {
            assertTrue(value == 0 || Math.abs(value - 4f / 3) < 1e-6);
            sum += value;
        }
        assertEquals(1000, sum, 60);
        assertTrue(java.util.Arrays.equals(kept, read(dx, 1000)));
    }

    @Test
    void descriptorsComeBackAsTheyWereSet() {
        long tensor = descriptor("Tensor");
        assertEquals(2000, caller.call("cudnnGetTensorSizeInBytes", tensor, 1L));
        ok("cudnnSetTensor4dDescriptor", tensor, 1, 2, 2, 3, 4, 5);
        ok("cudnnGetTensor4dDescriptor", tensor, 1L, 1L, 1L, 1L, 1L, 1L, 1L, 1L, 1L);
        for (int expected : new int[] {2, 2, 3, 4, 5, 60, 1, 15, 3}) {
            assertEquals(expected, caller.i32());
        }
        assertEquals(2000, caller.call("cudnnSetTensor4dDescriptor", tensor, 0, 0, 0, 3, 4, 5));
        assertEquals(3000, caller.call("cudnnSetTensor4dDescriptor", tensor, 2, 0, 1, 3, 4, 5));
        ok("cudnnDestroyTensorDescriptor", tensor);
        assertEquals(2000, caller.call("cudnnGetTensorSizeInBytes", tensor, 1L));
        ok("cudnnGetProperty", 0, 1L);
        assertEquals(9, caller.i32());
    }
}
