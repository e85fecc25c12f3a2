package org.jengine.runtime.host;

import java.util.Arrays;
import java.util.Map;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Sigmoid;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;
import org.jengine.runtime.spi.BoundArgs;

/** Binds slices to the operations of this package; primitives are made when a graph is built, since it decides how batches are cut. */
final class HostLibrary implements Library {
    private final HostDevice device;

    HostLibrary(HostDevice device) {
        this.device = device;
    }

    private Launch launch(Op... ops) {
        return new HostLaunch(device, ops);
    }

    /** What makes {@code dx}, then the derivative of what made {@code x}. */
    private Launch launch(Activation before, DType real, Slice dx, Slice x, Op... ops) {
        if (before == Activation.NONE) {
            return launch(ops);
        }
        Op[] all = Arrays.copyOf(ops, ops.length + 1);
        all[ops.length] = before == Activation.RELU ? new ActivationOps.ReluBackward(derivative(Relu.bwd(real), dx, x))
                : new ActivationOps.SigmoidBackward(derivative(Sigmoid.bwd(real), dx, x));
        return launch(all);
    }

    private static BoundArgs<HostSlice> derivative(KernelDef def, Slice dx, Slice x) {
        return new BoundArgs<>(def, HostSlice::of, dx, dx, x, Math.toIntExact(dx.count()));
    }

    @Override
    public ConvPlan conv(ConvSpec spec) {
        return new ConvPlan() {
            @Override
            public Launch forward(Slice y, Slice x, Slice w, Slice b) {
                return launch(new ConvOps.Forward(spec, HostSlice.of(y), HostSlice.of(x), HostSlice.of(w), HostSlice.of(b)));
            }

            @Override
            public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
                return launch(spec.before(), spec.real(), dx, x,
                        new ConvOps.BackwardData(spec, HostSlice.of(dx), HostSlice.of(dy), HostSlice.of(w)));
            }

            @Override
            public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
                return launch(new ConvOps.BackwardWeights(spec, HostSlice.of(dw), HostSlice.of(db), HostSlice.of(x), HostSlice.of(dy)));
            }
        };
    }

    @Override
    public PoolPlan maxPool(PoolSpec spec) {
        return new PoolPlan() {
            @Override
            public Launch forward(Slice y, Slice index, Slice x) {
                return launch(new PoolOps.Forward(spec, HostSlice.of(y), HostSlice.of(index), HostSlice.of(x)));
            }

            @Override
            public Launch backward(Slice dx, Slice dy, Slice index) {
                return launch(new PoolOps.Backward(spec, HostSlice.of(dx), HostSlice.of(dy), HostSlice.of(index)));
            }
        };
    }

    @Override
    public NormPlan batchNorm(NormSpec spec) {
        return new NormPlan() {
            @Override
            public Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma,
                                  Slice beta) {
                HostSlice m = HostSlice.of(mean);
                HostSlice s = HostSlice.of(invStd);
                return launch(
                        new NormForwardOps.Statistics(spec, m, s, HostSlice.of(runningMean), HostSlice.of(runningVar), HostSlice.of(x)),
                        NormForwardOps.apply(spec, HostSlice.of(y), HostSlice.of(x), HostSlice.of(gamma), HostSlice.of(beta), m, s));
            }

            @Override
            public Launch inference(Slice y, Slice x, Slice gamma, Slice beta, Slice runningMean, Slice runningVar) {
                return launch(NormForwardOps.infer(spec, HostSlice.of(y), HostSlice.of(x), HostSlice.of(gamma), HostSlice.of(beta),
                        HostSlice.of(runningMean), HostSlice.of(runningVar)));
            }

            @Override
            public Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd) {
                HostSlice m = HostSlice.of(mean);
                HostSlice s = HostSlice.of(invStd);
                HostSlice dg = HostSlice.of(dgamma);
                HostSlice db = HostSlice.of(dbeta);
                return launch(spec.before(), spec.real(), dx, x,
                        new NormBackwardOps.Gradients(spec, dg, db, HostSlice.of(dy), HostSlice.of(x), m, s),
                        NormBackwardOps.backward(spec, HostSlice.of(dx), HostSlice.of(dy), HostSlice.of(x), HostSlice.of(gamma), m, s,
                                dg, db));
            }
        };
    }

    @Override
    public DensePlan dense(DenseSpec spec) {
        return new DensePlan() {
            @Override
            public Launch forward(Slice y, Slice x, Slice w, Slice b) {
                return launch(new DenseOps.Forward(spec, HostSlice.of(y), HostSlice.of(x), HostSlice.of(w), HostSlice.of(b)));
            }

            @Override
            public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
                return launch(spec.before(), spec.real(), dx, x,
                        new DenseOps.BackwardData(spec, HostSlice.of(dx), HostSlice.of(dy), HostSlice.of(w)));
            }

            @Override
            public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
                return launch(new DenseOps.BackwardWeights(spec, HostSlice.of(dw), HostSlice.of(db), HostSlice.of(x), HostSlice.of(dy)));
            }
        };
    }

    /** oneDNN chooses for itself. */
    @Override
    public Map<String, String> choices() {
        return Map.of();
    }

    /** @throws IllegalArgumentException if the slice is not of the type and count that the operation states */
    static HostSlice require(String op, String argument, HostSlice slice, DType type, long count) {
        if (slice.type() != type || slice.count() != count) {
            throw new IllegalArgumentException(op + ": " + argument + " must have " + count + " elements of " + type.suffix() + ", got "
                    + slice);
        }
        return slice;
    }
}
