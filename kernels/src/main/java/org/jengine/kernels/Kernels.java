package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every kernel there is. */
public final class Kernels {
    /** What devices must have a body for and what the conformance tests run; a kernel that is not listed does not exist. */
    public static final List<KernelDef> ALL = all();

    private Kernels() {
    }

    private static List<KernelDef> all() {
        List<Function<DType, KernelDef>> inEveryReal = List.of(
                Gather::of,
                Relu::fwd, Relu::bwd,
                Sigmoid::fwd, Sigmoid::bwd,
                LeakyRelu::fwd, LeakyRelu::bwd,
                Dropout::of, Dropout::bwd,
                SoftmaxXent::train, SoftmaxXent::eval,
                Adam::of, Sgd::of, RmsProp::of,
                MaxPool::fwd, MaxPool::bwd,
                NormStats::of, Norm::fwd, NormInfer::of, NormGrads::of, Norm::bwd,
                NormMoments::of, NormApply::fwd, NormSums::of, NormApply::bwd, PoolMoments::of, PoolNorm::bwd,
                BiasAct::of, ColumnSums::of, Transpose::of, ConvFirst::of, PadChannels::fwd);
        List<KernelDef> all = new ArrayList<>();
        for (Function<DType, KernelDef> make : inEveryReal) {
            all.add(make.apply(DType.F32));
            all.add(make.apply(DType.BF16));
        }
        for (DType real : List.of(DType.F32, DType.BF16)) {
            for (Tile tile : join(Tile.ALONE, Tile.BLOCKS)) {
                all.add(Matmul.fwd(real, tile));
                all.add(Matmul.bwd(real, tile));
                all.add(MatmulWeights.of(real, tile));
            }
            join(ConvDirect.ALONE, ConvDirect.BLOCKS).forEach(tile -> all.add(ConvDirect.fwd(real, tile)));
            join(ConvDirect.GRADIENT_ALONE, ConvDirect.GRADIENT_BLOCKS).forEach(tile -> all.add(ConvDirect.bwd(real, tile)));
        }
        for (Factors factors : Factors.values()) {
            for (int edge : Product.EDGES) {
                all.add(Product.fwd(factors, edge));
                all.add(Product.bwd(factors, edge));
                all.add(WeightProduct.of(factors, edge));
            }
        }
        all.add(ClockTick.of());
        all.add(Cast.of());
        all.add(PadChannels.bwd());
        all.add(SumPartials.of());
        all.add(Copy.of());
        all.addAll(FmaRate.ALONE);
        all.addAll(FmaRate.BLOCKS);
        return List.copyOf(all);
    }

    private static List<Tile> join(List<Tile> first, List<Tile> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
