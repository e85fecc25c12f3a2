package org.jengine.runtime.cuda;

import java.util.Map;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/** Asks cuDNN's planner for the convolutions and poolings that are bound; norms and products are not cuDNN's. */
final class PaperLibrary implements Library {
    private static final Launch NOTHING = stream -> { };

    private final PlanCheck check;
    private final Numerics numerics;

    PaperLibrary(PlanCheck check, Numerics numerics) {
        this.check = check;
        this.numerics = numerics;
    }

    private Launch ask(DnnOp op) {
        check.ask(op, numerics);
        return NOTHING;
    }

    @Override
    public ConvPlan conv(ConvSpec spec) {
        return new ConvPlan() {
            @Override
            public Launch forward(Slice y, Slice x, Slice w, Slice b) {
                return withPadded(DnnOp.Form.FORWARD);
            }

            @Override
            public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
                DnnOp op = DnnOp.backwardData(spec);
                return check.ask(op, numerics).accepted() || spec.before() == Activation.NONE ? NOTHING : ask(op.plain());
            }

            @Override
            public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
                withPadded(DnnOp.Form.BACKWARD_WEIGHTS);
                return ask(DnnOp.of(DnnOp.Form.BACKWARD_BIAS, spec));
            }

            private Launch withPadded(DnnOp.Form form) {
                Launch plain = ask(DnnOp.of(form, spec));
                return PaddedConv.suits(spec) ? ask(DnnOp.of(form, PaddedConv.padded(spec))) : plain;
            }
        };
    }

    @Override
    public PoolPlan maxPool(PoolSpec spec) {
        return new PoolPlan() {
            @Override
            public Launch forward(Slice y, Slice index, Slice x) {
                return ask(DnnOp.of(DnnOp.Form.POOL, spec));
            }

            @Override
            public Launch backward(Slice dx, Slice dy, Slice index) {
                return ask(DnnOp.of(DnnOp.Form.POOL_BACKWARD, spec));
            }
        };
    }

    @Override
    public NormPlan batchNorm(NormSpec spec) {
        return new NormPlan() {
            @Override
            public Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma,
                                  Slice beta) {
                return NOTHING;
            }

            @Override
            public Launch inference(Slice y, Slice x, Slice gamma, Slice beta, Slice runningMean, Slice runningVar) {
                return NOTHING;
            }

            @Override
            public Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd) {
                return NOTHING;
            }
        };
    }

    @Override
    public DensePlan dense(DenseSpec spec) {
        return new DensePlan() {
            @Override
            public Launch forward(Slice y, Slice x, Slice w, Slice b) {
                return NOTHING;
            }

            @Override
            public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
                return NOTHING;
            }

            @Override
            public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
                return NOTHING;
            }
        };
    }

    @Override
    public Map<String, String> choices() {
        return Map.of();
    }
}
