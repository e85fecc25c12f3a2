package org.jengine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.cifar.Nets;
import org.jengine.kernels.Adam;
import org.jengine.kernels.Copy;
import org.jengine.kernels.DType;
import org.jengine.kernels.FmaRate;
import org.jengine.kernels.MaxPool;
import org.jengine.kernels.Relu;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.junit.jupiter.api.Test;

/** Bytes and operations, computed by hand. */
class WorkTest {
    @Test
    void bytesFollowFromTheParametersRoles() {
        assertEquals(1000 * (4 + 4), Work.bytes(Copy.of(), Map.of("count", 1000)));
        // dy and y are read, dx is written, of two bytes each.
        assertEquals(1000 * 3 * 2, Work.bytes(Relu.bwd(DType.BF16), Map.of("count", 1000)));
        // w, m and v are read and written, g is read; one rate; two clocks of four.
        assertEquals(1000 * (3 * 2 + 1) * 4 + 4 + 2 * 16, Work.bytes(Adam.of(DType.F32), Map.of("count", 1000)));
        assertEquals(1000 * 4 * 4 + 4 + 2 * 16, Work.footprint(Adam.of(DType.F32), Map.of("count", 1000)));
        // x is 2 x 5 x 7 x 3, y and its index are 2 x 2 x 3 x 3.
        assertEquals(210 * 4 + 36 * 4 + 36, Work.bytes(MaxPool.fwd(DType.F32), Map.of("n", 2, "h", 5, "w", 7, "c", 3, "window", 2)));
    }

    @Test
    void operationsAreTwoForEachProduct() {
        // The result is 2 x 4 x 6 x 8, each of 3 x 3 x 5 products.
        assertEquals(2 * 384 * 45, Work.flops(new ConvSpec(2, 6, 8, 5, 8, 3, 3, 0, DType.F32, Activation.NONE, Activation.NONE)));
        // With padding as many as the input has pixels, 2 x 6 x 8 x 8.
        assertEquals(2 * 768 * 45, Work.flops(new ConvSpec(2, 6, 8, 5, 8, 3, 3, 1, DType.F32, Activation.RELU, Activation.NONE)));
        assertEquals(2 * 7 * 3072 * 128, Work.flops(new DenseSpec(7, 3072, 128, DType.F32, Activation.NONE, Activation.NONE)));
        assertEquals(2 * 96 * 64 * 100, new FmaRate(96, 1).flops(64, 100));
    }

    @Test
    void deepCnnHasEveryOperationAtItsSize() {
        List<Op> ops = NetOps.of(Nets.find("deep-cnn").orElseThrow().net(), 128, DType.F32);
        Set<String> names = new HashSet<>(ops.stream().map(Op::name).toList());
        assertTrue(names.containsAll(List.of("gather", "relu_fwd", "relu_bwd", "leaky_relu_fwd", "leaky_relu_bwd", "sigmoid_fwd",
                "sigmoid_bwd", "dropout", "dropout_bwd", "softmax_xent",
                "adam", "sgd", "rmsprop", "cast", "max_pool_fwd", "max_pool_bwd", "batch_norm_fwd", "batch_norm_infer", "batch_norm_bwd",
                "column_sums", "transpose")), names.toString());
        for (String way : List.of("conv_fwd", "conv_data", "conv_weights")) {
            assertEquals(List.of("128 x 32x32x3, 32 of 3x3", "128 x 32x32x32, 32 of 1x1", "128 x 16x16x32, 64 of 3x3",
                    "128 x 16x16x64, 64 of 1x1", "128 x 8x8x64, 128 of 3x3", "128 x 8x8x128, 128 of 1x1"),
                    ops.stream().filter(o -> o.name().equals(way)).map(Op::at).toList());
        }
        // Each way of a layer costs the same, and forth they cost what the net says of itself.
        for (String way : List.of("fwd", "data", "weights")) {
            double products = ops.stream().filter(o -> o.roof() == Op.Roof.FMA && o.name().endsWith("_" + way)).mapToDouble(Op::work).sum();
            long batchNorm = 2L * (16 * 16 * 32 + 8 * 8 * 64 + 4 * 4 * 128);
            assertEquals(128.0 * (Nets.find("deep-cnn").orElseThrow().net().flops() - batchNorm), products, way);
        }
        Op norm = op(ops, "batch_norm_fwd");
        // 32,768 rows of 32 channels: 2 x read, once written; the sums of 128 chunks of 256 rows, two a channel, written and read; two
        // vectors that are written, two that are read before too, and two that are read; what dropout would read.
        assertEquals(4 * (3 * 32768 * 32 + 2 * 2 * 128 * 32 + (2 + 4 + 2) * 32) + 16 + 8, norm.work());
        assertEquals(Op.Roof.COPY, norm.roof());
        assertEquals(Op.Roof.COPY_IN_PLACE, op(ops, "adam").roof());
        assertEquals(Op.Roof.COPY, op(ops, "softmax_xent").roof());
    }

    @Test
    void aCopyHasTheFootprintOfWhatItJudges() {
        assertEquals(125, OpTimer.copied(new Op("net", "a", "", Op.Roof.COPY, 3000, 1000, b -> null)), "read here, written there");
        assertEquals(250, OpTimer.copied(new Op("net", "a", "", Op.Roof.COPY_IN_PLACE, 3000, 1000, b -> null)));
        assertEquals(1, OpTimer.copied(new Op("net", "a", "", Op.Roof.COPY, 1, 1, b -> null)));
    }

    @Test
    void sharesAreOfTheRoofsSampleNextToThem() {
        Op op = new Op("net", "a", "", Op.Roof.FMA, 100, 0, b -> null);
        OpTiming timing = new OpTiming(op, 2, List.of(2.0, 4.0, 1.0), 300, List.of(3.0, 6.0, 4.0));
        assertEquals(50, timing.rate());
        assertEquals(75, timing.roofRate());
        assertEquals(List.of(0.5, 0.5, 100 / 75.0), timing.shares());
    }

    private static Op op(List<Op> ops, String name) {
        return ops.stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow();
    }
}
