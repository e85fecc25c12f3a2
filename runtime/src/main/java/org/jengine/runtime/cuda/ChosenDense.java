package org.jengine.runtime.cuda;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jengine.kernels.DType;
import org.jengine.kernels.Factors;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library.DensePlan;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;

/**
 * A dense layer, each way of it by our kernels or by cuBLAS: by whichever is quicker where times are taken. Where none are, by our kernels,
 * which need one launch for all, unless the product is so large that cuBLAS's is worth another for what it leaves.
 */
final class ChosenDense implements DensePlan {
    private static final String OURS = "ptx";
    private static final String CUBLAS = "cublas";
    /** Seconds that one more small kernel takes in a graph. */
    private static final double LAUNCH = 2.5e-6;
    /** A tile of a library's product is wider: much of it would lie beside the result. */
    private static final int NARROW = 32;

    private final CudaDevice device;
    private final Tuner tuner;
    private final DenseSpec spec;
    private final Numerics numerics;
    private final Factors factors;
    private final DensePlan ours;
    private final DensePlan cublas;

    ChosenDense(CudaDevice device, Tuner tuner, DenseSpec spec, Numerics numerics, DensePlan ours, DensePlan cublas) {
        this.device = device;
        this.tuner = tuner;
        this.spec = spec;
        this.numerics = numerics;
        factors = Factors.of(spec.real(), numerics.tf32());
        this.ours = ours;
        this.cublas = cublas;
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        return plan("dense_fwd", (plan, arena) -> plan.forward(take(arena, spec.y()), take(arena, spec.x()), take(arena, spec.weights()),
                vector(arena))).forward(y, x, w, b);
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        return plan("dense_data", (plan, arena) -> plan.backwardData(take(arena, spec.x()), take(arena, spec.y()),
                take(arena, spec.weights()), take(arena, spec.x()))).backwardData(dx, dy, w, x);
    }

    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        return plan("dense_weights", (plan, arena) -> plan.backwardWeights(arena.take("dw", spec.weights(), DType.F32), vector(arena),
                take(arena, spec.x()), take(arena, spec.y()))).backwardWeights(dw, db, x, dy);
    }

    private Slice take(Arena arena, Shape shape) {
        return arena.take("tried", shape, spec.real());
    }

    private Slice vector(Arena arena) {
        return arena.take("tried", Shape.of(spec.out()), DType.F32);
    }

    /** @param trial binds one way to buffers of its own */
    private DensePlan plan(String op, BiFunction<DensePlan, Arena, Launch> trial) {
        Map<String, Function<Arena, Launch>> ways = new LinkedHashMap<>();
        ways.put(OURS, arena -> trial.apply(new PortableLibrary(device, arena, tuner, numerics).dense(spec), arena));
        ways.put(CUBLAS, arena -> trial.apply(
                new CublasDense(new PortableLibrary(device, arena, tuner, numerics), new Products(device, arena), spec, numerics.tf32()),
                arena));
        String what = op + "_" + factors.name().toLowerCase(Locale.ROOT) + " " + spec.in() + " to " + spec.out();
        double flops = 2.0 * spec.n() * spec.in() * spec.out();
        String untried = spec.out() <= NARROW || lost(flops) < LAUNCH ? OURS : CUBLAS;
        String way = tuner.pick(what, CudaLibrary.version(factors), ways, untried, flops);
        return way.equals(OURS) ? ours : cublas;
    }

    /**
     * Seconds that our kernel takes longer than a library's, were that as quick as an H100 can be: 67 TFLOP/s in float32, 495 in TF32 and
     * 989 in bf16 without sparsity, as NVIDIA's data sheet has it. Ours takes twice as long on CUDA cores and five times as long on tensor
     * cores, in tiles of 64 x 64: to issue its instructions, as the software CUDA device counts them.
     */
    private double lost(double flops) {
        return switch (factors) {
            case F32 -> flops / 67e12;
            case TF32 -> 4 * flops / 495e12;
            case BF16 -> 4 * flops / 989e12;
        };
    }
}
