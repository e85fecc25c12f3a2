package org.jengine.softcuda.dnn;

import java.util.Arrays;
import org.jengine.softcuda.wire.CallTable;

/** Pooling, activations, softmax and local response normalisation before the graph interface. */
final class LegacyLayers {
    /** cudnnActivationMode_t. */
    static final int RELU = 1;
    static final int IDENTITY = 5;
    private static final int SIGMOID = 0;
    private static final int TANH = 2;
    private static final int CLIPPED_RELU = 3;
    private static final int ELU = 4;
    private static final int SWISH = 6;
    private static final int BACKWARD = 100;
    /** cudnnSoftmaxAlgorithm_t and cudnnSoftmaxMode_t. */
    private static final int LOG = 2;
    private static final int INSTANCE = 0;
    /** cudnnPoolingMode_t. */
    private static final int MAX_DETERMINISTIC = 3;

    private final Legacy legacy;

    LegacyLayers(Legacy legacy) {
        this.legacy = legacy;
    }

    /** An activation descriptor. */
    record Activation(int mode, int nan, double coefficient, double swishBeta) {
        Pointwise function() {
            float c = (float) coefficient;
            float none = Float.POSITIVE_INFINITY;
            return switch (mode) {
                case SIGMOID -> Pointwise.plain(Pointwise.SIGMOID);
                case TANH -> Pointwise.plain(Pointwise.TANH);
                case CLIPPED_RELU -> new Pointwise(Pointwise.RELU, 0, c, 0, 1, 1, 1);
                case ELU -> new Pointwise(Pointwise.ELU, 0, none, 0, c, 1, 1);
                case SWISH -> new Pointwise(Pointwise.SWISH, 0, none, 0, 1, 1, (float) swishBeta);
                case IDENTITY -> Pointwise.plain(Pointwise.IDENTITY);
                default -> Pointwise.plain(Pointwise.RELU);
            };
        }

        Pointwise slope() {
            Pointwise forward = function();
            return new Pointwise(forward.mode() + BACKWARD, forward.lowerClip(), forward.upperClip(), 0, forward.eluAlpha(), 1,
                    forward.swishBeta());
        }
    }

    private record Pool(PoolNode.Settings plain, int mode, int nan) {
        static Pool of(int mode, int nan, int[] window, int[] pads, int[] strides) {
            Status.BAD_PARAM.unless(mode >= 0 && mode <= MAX_DETERMINISTIC, "pooling mode " + mode);
            Legacy.requireNan(nan);
            Pooling.Mode plain = switch (mode) {
                case 1 -> Pooling.Mode.AVERAGE_WITH_PADDING;
                case 2 -> Pooling.Mode.AVERAGE;
                default -> Pooling.Mode.MAX;
            };
            PoolNode.Settings settings = new PoolNode.Settings(plain, window, pads, pads, strides);
            settings.check(window.length);
            return new Pool(settings, mode, nan);
        }
    }

    void provide(CallTable calls) {
        legacy.kind(calls, "Pooling");
        legacy.kind(calls, "Activation");
        legacy.kind(calls, "LRN");
        pools(calls);
        activations(calls);
        legacy.add(calls, "cudnnSoftmaxForward", call -> softmax(call, false));
        legacy.add(calls, "cudnnSoftmaxBackward", call -> softmax(call, true));
        LocalResponse.provide(legacy, calls);
    }

    private void pools(CallTable calls) {
        legacy.add(calls, "cudnnSetPooling2dDescriptor", call -> {
            long id = call.target();
            int mode = call.i32();
            int nan = call.i32();
            call.set(id, Pool.of(mode, nan, new int[] {call.i32(), call.i32()}, new int[] {call.i32(), call.i32()},
                    new int[] {call.i32(), call.i32()}));
        });
        legacy.add(calls, "cudnnGetPooling2dDescriptor", call -> {
            Pool from = call.descriptor(Pool.class);
            Status.BAD_PARAM.unless(from.plain.window().length == 2, "a pool over " + from.plain.window().length + " dimensions");
            call.answers(from.mode, from.nan);
            call.answers(from.plain.window());
            call.answers(from.plain.pads());
            call.answers(from.plain.strides());
        });
        legacy.add(calls, "cudnnSetPoolingNdDescriptor", call -> {
            long id = call.target();
            int mode = call.i32();
            int nan = call.i32();
            int length = call.i32();
            Status.NOT_SUPPORTED.unless(length > 0 && length <= Convolution.SPATIAL, "a pool over " + length + " dimensions");
            call.set(id, Pool.of(mode, nan, call.ints(), call.ints(), call.ints()));
        });
        legacy.add(calls, "cudnnGetPoolingNdDescriptor", call -> {
            Pool from = call.descriptor(Pool.class);
            int room = Math.min(call.i32(), from.plain.window().length);
            call.answers(from.mode, from.nan, from.plain.window().length);
            call.place(Dnn.bytes(Arrays.copyOf(from.plain.window(), room)));
            call.place(Dnn.bytes(Arrays.copyOf(from.plain.pads(), room)));
            call.place(Dnn.bytes(Arrays.copyOf(from.plain.strides(), room)));
        });
        legacy.add(calls, "cudnnGetPooling2dForwardOutputDim", call -> call.answers(pooled(call)));
        legacy.add(calls, "cudnnGetPoolingNdForwardOutputDim", call -> {
            int[] dims = pooled(call);
            call.place(Dnn.bytes(Arrays.copyOf(dims, Math.min(call.i32(), dims.length))));
        });
        legacy.add(calls, "cudnnPoolingForward", call -> {
            Session session = call.session();
            Pool pool = call.descriptor(Pool.class);
            float alpha = call.scalar();
            Legacy.Operand x = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand y = call.operand().present();
            Pooling shape = pool.plain.shape(x.dims(), y.dims());
            call.submit(session, turn -> y.blend(legacy.view(), turn, shape.forward(x.read(legacy.view(), turn)).y(), alpha, beta));
        });
        legacy.add(calls, "cudnnPoolingBackward", call -> {
            Session session = call.session();
            Pool pool = call.descriptor(Pool.class);
            float alpha = call.scalar();
            Legacy.Operand y = call.operand().present();
            Legacy.Operand dy = call.operand().present();
            Legacy.Operand x = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand dx = call.operand().present();
            Pooling shape = pool.plain.shape(x.dims(), y.dims());
            Status.BAD_PARAM.unless(Arrays.equals(y.dims(), dy.dims()) && Arrays.equals(x.dims(), dx.dims()), "gradients of other sizes");
            call.submit(session, turn -> {
                int[] index = shape.mode() == Pooling.Mode.MAX ? shape.forward(x.read(legacy.view(), turn)).index() : null;
                dx.blend(legacy.view(), turn, shape.backward(dy.read(legacy.view(), turn), index), alpha, beta);
            });
        });
    }

    private static int[] pooled(Legacy.Call call) {
        Pool pool = call.descriptor(Pool.class);
        Tensor x = call.descriptor(Tensor.class);
        Status.BAD_PARAM.unless(x.dims().length == pool.plain.window().length + 2, "a pool of " + x);
        int[] dims = pool.plain.result(x.dims());
        Status.BAD_PARAM.unless(Arrays.stream(dims).allMatch(dim -> dim > 0), "the window does not fit into " + x);
        return dims;
    }

    private void activations(CallTable calls) {
        legacy.add(calls, "cudnnSetActivationDescriptor", call -> {
            long id = call.target();
            Activation made = new Activation(call.i32(), call.i32(), call.f64(), 1);
            Status.BAD_PARAM.unless(made.mode >= SIGMOID && made.mode <= SWISH, "activation " + made.mode);
            Legacy.requireNan(made.nan);
            call.set(id, made);
        });
        legacy.add(calls, "cudnnGetActivationDescriptor", call -> {
            Activation from = call.descriptor(Activation.class);
            call.answers(from.mode, from.nan);
            call.place(Dnn.bytes(Double.doubleToRawLongBits(from.coefficient)));
        });
        legacy.add(calls, "cudnnSetActivationDescriptorSwishBeta", call -> {
            long id = call.i64();
            Activation from = call.find(id, Activation.class, "Activation");
            call.set(id, new Activation(from.mode, from.nan, from.coefficient, call.f64()));
        });
        legacy.add(calls, "cudnnGetActivationDescriptorSwishBeta",
                call -> call.place(Dnn.bytes(Double.doubleToRawLongBits(call.descriptor(Activation.class).swishBeta))));
        legacy.add(calls, "cudnnActivationForward", call -> {
            Session session = call.session();
            Activation how = call.descriptor(Activation.class);
            Status.BAD_PARAM.unless(how.mode != IDENTITY, "the identity is no activation of its own");
            float alpha = call.scalar();
            Legacy.Operand x = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand y = call.operand().present();
            Status.BAD_PARAM.unless(Arrays.equals(x.dims(), y.dims()), "x " + x.tensor() + ", y " + y.tensor());
            call.submit(session, turn -> y.blend(legacy.view(), turn, how.function().apply(x.read(legacy.view(), turn)), alpha, beta));
        });
        legacy.add(calls, "cudnnActivationBackward", call -> {
            Session session = call.session();
            Activation how = call.descriptor(Activation.class);
            Status.BAD_PARAM.unless(how.mode != IDENTITY, "the identity is no activation of its own");
            float alpha = call.scalar();
            Legacy.Operand y = call.operand().present();
            Legacy.Operand dy = call.operand().present();
            Legacy.Operand x = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand dx = call.operand().present();
            Status.BAD_PARAM.unless(Arrays.equals(x.dims(), dx.dims()) && Arrays.equals(y.dims(), dy.dims())
                    && Arrays.equals(x.dims(), y.dims()), "tensors of different sizes");
            call.submit(session, turn -> dx.blend(legacy.view(), turn,
                    how.slope().gradient(dy.read(legacy.view(), turn), x.read(legacy.view(), turn)), alpha, beta));
        });
    }

    private void softmax(Legacy.Call call, boolean backward) {
        Session session = call.session();
        int algorithm = call.i32();
        int mode = call.i32();
        Status.BAD_PARAM.unless(algorithm >= 0 && algorithm <= LOG && (mode == INSTANCE || mode == 1),
                "algorithm " + algorithm + ", mode " + mode);
        float alpha = call.scalar();
        Legacy.Operand from = call.operand().present();
        Legacy.Operand dy = backward ? call.operand().present() : from;
        float beta = call.scalar();
        Legacy.Operand to = call.operand().present();
        Status.BAD_PARAM.unless(Arrays.equals(from.dims(), to.dims()) && Arrays.equals(dy.dims(), to.dims()), "tensors of different sizes");
        int[] dims = to.dims();
        int spatial = Tensor.count(dims) / dims[0] / dims[1];
        // Over all of an image, or over the channels of a point.
        int step = mode == INSTANCE ? 1 : spatial;
        int length = mode == INSTANCE ? dims[1] * spatial : dims[1];
        call.submit(session, turn -> {
            float[] first = from.read(legacy.view(), turn);
            float[] second = backward ? dy.read(legacy.view(), turn) : first;
            float[] made = new float[first.length];
            for (int i = 0; i < made.length / length; i++) {
                int start = mode == INSTANCE ? i * length : i / spatial * length * spatial + i % spatial;
                if (backward) {
                    softmaxGradient(first, second, made, start, step, length, algorithm == LOG);
                } else {
                    softmax(first, made, start, step, length, algorithm == LOG);
                }
            }
            to.blend(legacy.view(), turn, made, alpha, beta);
        });
    }

    private static void softmax(float[] x, float[] y, int start, int step, int length, boolean log) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            most = Math.max(most, x[start + i * step]);
        }
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += Math.exp(x[start + i * step] - most);
        }
        for (int i = 0; i < length; i++) {
            double value = x[start + i * step] - most;
            y[start + i * step] = (float) (log ? value - Math.log(sum) : Math.exp(value) / sum);
        }
    }

    private static void softmaxGradient(float[] y, float[] dy, float[] dx, int start, int step, int length, boolean log) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            int at = start + i * step;
            sum += log ? dy[at] : (double) dy[at] * y[at];
        }
        for (int i = 0; i < length; i++) {
            int at = start + i * step;
            dx[at] = (float) (log ? dy[at] - Math.exp(y[at]) * sum : y[at] * (dy[at] - sum));
        }
    }
}
