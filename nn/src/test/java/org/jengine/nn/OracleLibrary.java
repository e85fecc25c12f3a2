package org.jengine.nn;

import java.util.Arrays;
import java.util.Map;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Shape;
import org.jengine.kernels.ref.ActivationRef;
import org.jengine.kernels.ref.BatchNormRef;
import org.jengine.kernels.ref.ConvRef;
import org.jengine.kernels.ref.DenseRef;
import org.jengine.kernels.ref.MaxPoolRef;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/** The library operations by their oracles; every slice's type and shape is checked when it is bound. */
final class OracleLibrary implements Library {
    @Override
    public Map<String, String> choices() {
        return Map.of();
    }

    @Override
    public ConvPlan conv(ConvSpec s) {
        ConvRef.Dims d = new ConvRef.Dims(s.n(), s.h(), s.w(), s.c(), s.k(), s.r(), s.s(), s.pad());
        Shape bias = Shape.of(s.k());
        return new ConvPlan() {
            @Override
            public Launch forward(Slice y, Slice x, Slice w, Slice b) {
                check(s.real(), s.y(), y, s.x(), x, s.weights(), w);
                check(DType.F32, bias, b);
                return OracleDevice.launch(() -> put(y, act(s.act(), ConvRef.forward(get(x), get(w), get(b), d))));
            }

            @Override
            public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
                check(s.real(), s.x(), dx, s.y(), dy, s.weights(), w, s.x(), x);
                return OracleDevice.launch(() -> put(dx, derived(s.before(), ConvRef.backwardData(get(dy), get(w), d), x)));
            }

            @Override
            public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
                check(DType.F32, s.weights(), dw, bias, db);
                check(s.real(), s.x(), x, s.y(), dy);
                return OracleDevice.launch(() -> {
                    ConvRef.WeightGradients g = ConvRef.backwardWeights(get(x), get(dy), d);
                    put(dw, g.df());
                    put(db, g.db());
                });
            }
        };
    }

    @Override
    public PoolPlan maxPool(PoolSpec s) {
        return new PoolPlan() {
            @Override
            public Launch forward(Slice y, Slice index, Slice x) {
                check(s.real(), s.y(), y, s.x(), x);
                check(DType.U8, s.y(), index);
                return OracleDevice.launch(() -> {
                    MaxPoolRef.Result r = MaxPoolRef.forward(get(x), s.n(), s.h(), s.w(), s.c(), s.window());
                    put(y, r.y());
                    put(index, Arrays.stream(r.index()).asDoubleStream().toArray());
                });
            }

            @Override
            public Launch backward(Slice dx, Slice dy, Slice index) {
                check(s.real(), s.x(), dx, s.y(), dy);
                check(DType.U8, s.y(), index);
                return OracleDevice.launch(() -> {
                    int[] places = Arrays.stream(get(index)).mapToInt(v -> (int) v).toArray();
                    put(dx, MaxPoolRef.backward(get(dy), places, s.n(), s.h(), s.w(), s.c(), s.window()));
                });
            }
        };
    }

    @Override
    public NormPlan batchNorm(NormSpec s) {
        int rows = s.n() * s.pixels();
        Shape channels = Shape.of(s.channels());
        return new NormPlan() {
            @Override
            public Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma,
                                  Slice beta) {
                check(DType.F32, channels, mean, channels, invStd, channels, runningMean, channels, runningVar, channels, gamma,
                        channels, beta);
                check(s.real(), x.shape(), y, x.shape(), x);
                return OracleDevice.launch(() -> {
                    BatchNormRef.Training t = BatchNormRef.forward(get(x), get(gamma), get(beta), get(runningMean), get(runningVar), rows,
                            s.channels(), s.momentum(), s.epsilon());
                    put(y, t.y());
                    put(mean, t.mean());
                    put(invStd, t.invStd());
                    put(runningMean, t.runningMean());
                    put(runningVar, t.runningVar());
                });
            }

            @Override
            public Launch inference(Slice y, Slice x, Slice gamma, Slice beta, Slice runningMean, Slice runningVar) {
                check(DType.F32, channels, runningMean, channels, runningVar, channels, gamma, channels, beta);
                check(s.real(), x.shape(), y, x.shape(), x);
                return OracleDevice.launch(() -> put(y, BatchNormRef.inference(get(x), get(gamma), get(beta), get(runningMean),
                        get(runningVar), rows, s.channels(), s.epsilon())));
            }

            @Override
            public Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd) {
                check(DType.F32, channels, dgamma, channels, dbeta, channels, gamma, channels, mean, channels, invStd);
                check(s.real(), x.shape(), dx, x.shape(), dy, x.shape(), x);
                return OracleDevice.launch(() -> {
                    BatchNormRef.Gradients g = BatchNormRef.backward(get(dy), get(x), get(gamma), get(mean), get(invStd), rows,
                            s.channels());
                    put(dx, derived(s.before(), g.dx(), x));
                    put(dgamma, g.dgamma());
                    put(dbeta, g.dbeta());
                });
            }
        };
    }

    @Override
    public DensePlan dense(DenseSpec s) {
        Shape bias = Shape.of(s.out());
        return new DensePlan() {
            @Override
            public Launch forward(Slice y, Slice x, Slice w, Slice b) {
                check(s.real(), s.y(), y, s.x(), x, s.weights(), w);
                check(DType.F32, bias, b);
                return OracleDevice.launch(() -> put(y, act(s.act(), DenseRef.forward(get(x), get(w), get(b), s.n(), s.in(), s.out()))));
            }

            @Override
            public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
                check(s.real(), s.x(), dx, s.y(), dy, s.weights(), w, s.x(), x);
                return OracleDevice.launch(() -> put(dx,
                        derived(s.before(), DenseRef.backwardData(get(dy), get(w), s.n(), s.in(), s.out()), x)));
            }

            @Override
            public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
                check(DType.F32, s.weights(), dw, bias, db);
                check(s.real(), s.x(), x, s.y(), dy);
                return OracleDevice.launch(() -> {
                    DenseRef.WeightGradients g = DenseRef.backwardWeights(get(x), get(dy), s.n(), s.in(), s.out());
                    put(dw, g.dw());
                    put(db, g.db());
                });
            }
        };
    }

    private static double[] act(Activation act, double[] x) {
        return switch (act) {
            case NONE -> x;
            case RELU -> ActivationRef.relu(x);
            case SIGMOID -> ActivationRef.sigmoid(x);
        };
    }

    private static double[] derived(Activation before, double[] dx, Slice x) {
        return switch (before) {
            case NONE -> dx;
            case RELU -> ActivationRef.reluBackward(dx, get(x));
            case SIGMOID -> ActivationRef.sigmoidBackward(dx, get(x));
        };
    }

    private static double[] get(Slice slice) {
        Data data = OracleDevice.View.of(slice).load();
        double[] out = new double[data.count()];
        for (int i = 0; i < out.length; i++) {
            out[i] = data.get(i);
        }
        return out;
    }

    private static void put(Slice slice, double[] values) {
        OracleDevice.View.of(slice).store(Data.of(slice.type(), values));
    }

    /** @param shapesAndSlices the shape that each slice must have, before it */
    private static void check(DType type, Object... shapesAndSlices) {
        for (int i = 0; i < shapesAndSlices.length; i += 2) {
            Slice slice = (Slice) shapesAndSlices[i + 1];
            if (slice.type() != type || !slice.shape().equals(shapesAndSlices[i])) {
                throw new IllegalArgumentException(slice.name() + " must be " + shapesAndSlices[i] + " of " + type + ", is "
                        + slice.shape() + " of " + slice.type());
            }
        }
    }
}
