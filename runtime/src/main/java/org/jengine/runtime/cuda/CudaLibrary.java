package org.jengine.runtime.cuda;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jengine.kernels.Factors;
import org.jengine.kernels.KernelSource;
import org.jengine.kernels.Product;
import org.jengine.kernels.WeightProduct;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;

/** The library operations by the best of the tiers that serve, and by our own kernels where none does. */
final class CudaLibrary implements Library {
    private final CudaDevice device;
    private final Tuner tuner;
    private final Numerics numerics;
    private final PortableLibrary ours;
    private final Products products;
    /** Null where cuDNN does not serve. */
    private final DnnLibrary dnn;

    /** @param tuner says which tiles and which ways are the quickest, or does not try them where the bits must always be the same */
    CudaLibrary(CudaDevice device, Arena scratch, Numerics numerics, Tuner tuner) {
        this.device = device;
        this.tuner = tuner;
        this.numerics = new Numerics(numerics.tf32() && device.facts().hasTf32(), numerics.deterministic());
        ours = new PortableLibrary(device, scratch, tuner, this.numerics);
        products = new Products(device, scratch);
        dnn = device.tiers().tier().has(Tier.CUDNN) ? new DnnLibrary(device, ours, scratch, this.numerics, tuner) : null;
    }

    @Override
    public ConvPlan conv(ConvSpec spec) {
        return dnn == null ? ours.conv(spec) : new DnnConv(dnn, spec);
    }

    @Override
    public PoolPlan maxPool(PoolSpec spec) {
        return dnn != null && dnn.times() && DnnPool.suits(spec) ? DnnPool.chosen(dnn, spec) : ours.maxPool(spec);
    }

    @Override
    public NormPlan batchNorm(NormSpec spec) {
        return ours.batchNorm(spec);
    }

    @Override
    public NormPlan batchNorm(NormSpec spec, Dropping dropping) {
        return ours.batchNorm(spec, dropping);
    }

    @Override
    public PoolNormPlan poolNorm(PoolSpec pool, NormSpec norm, Dropping dropping) {
        return ours.poolNorm(pool, norm, dropping);
    }

    @Override
    public DensePlan dense(DenseSpec spec) {
        DensePlan plan = ours.dense(spec);
        return device.tiers().tier().has(Tier.CUBLAS)
                ? new ChosenDense(device, tuner, spec, numerics, plan, new CublasDense(ours, products, spec, numerics.tf32())) : plan;
    }

    @Override
    public Map<String, String> choices() {
        return ours.choices();
    }

    @Override
    public List<String> warnings() {
        return dnn == null ? List.of() : dnn.warnings();
    }

    /**
     * What an outcome that was kept is worth nothing without: the texts of our products. Of another library it is kept in another file.
     */
    static String version(Factors factors) {
        int any = Product.EDGES.get(0);
        return Stream.of(Product.fwd(factors, any), WeightProduct.of(factors, any)).map(def -> KernelSource.hashOfAll(def).substring(0, 8))
                .collect(Collectors.joining());
    }
}
