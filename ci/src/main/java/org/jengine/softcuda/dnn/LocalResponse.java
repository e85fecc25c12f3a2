package org.jengine.softcuda.dnn;

import java.util.Arrays;
import org.jengine.softcuda.wire.CallTable;

/**
 * Local response normalisation across channels: y = x / (k + alpha / n * the sum of squares over n channels around) ^ beta.
 *
 * @param n     channels that a sum goes over
 * @param alpha weight of the sum
 */
record LocalResponse(int n, double alpha, double beta, double k) {
    private static final int LEAST_WINDOW = 1;
    private static final int LARGEST_WINDOW = 16;
    private static final double LEAST_K = 1e-5;
    private static final double LEAST_BETA = 0.01;

    static void provide(Legacy legacy, CallTable calls) {
        legacy.add(calls, "cudnnSetLRNDescriptor", call -> {
            long id = call.target();
            LocalResponse made = new LocalResponse(call.i32(), call.f64(), call.f64(), call.f64());
            Status.BAD_PARAM.unless(made.n >= LEAST_WINDOW && made.n <= LARGEST_WINDOW && made.k >= LEAST_K && made.beta >= LEAST_BETA,
                    made.toString());
            call.set(id, made);
        });
        legacy.add(calls, "cudnnGetLRNDescriptor", call -> {
            LocalResponse from = call.descriptor(LocalResponse.class);
            call.answers(from.n);
            call.place(Dnn.bytes(Double.doubleToRawLongBits(from.alpha)));
            call.place(Dnn.bytes(Double.doubleToRawLongBits(from.beta)));
            call.place(Dnn.bytes(Double.doubleToRawLongBits(from.k)));
        });
        legacy.add(calls, "cudnnLRNCrossChannelForward", call -> {
            Session session = call.session();
            LocalResponse how = call.descriptor(LocalResponse.class);
            Status.BAD_PARAM.unless(call.i32() == 0, "a mode other than across channels");
            float alpha = call.scalar();
            Legacy.Operand x = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand y = call.operand().present();
            Status.BAD_PARAM.unless(Arrays.equals(x.dims(), y.dims()), "tensors of different sizes");
            call.submit(session, turn -> y.blend(legacy.view(), turn, how.forward(x.read(legacy.view(), turn), x.dims()), alpha, beta));
        });
        legacy.add(calls, "cudnnLRNCrossChannelBackward", call -> {
            Session session = call.session();
            LocalResponse how = call.descriptor(LocalResponse.class);
            Status.BAD_PARAM.unless(call.i32() == 0, "a mode other than across channels");
            float alpha = call.scalar();
            Legacy.Operand y = call.operand().present();
            Legacy.Operand dy = call.operand().present();
            Legacy.Operand x = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand dx = call.operand().present();
            Status.BAD_PARAM.unless(Arrays.equals(x.dims(), y.dims()) && Arrays.equals(x.dims(), dy.dims())
                    && Arrays.equals(x.dims(), dx.dims()), "tensors of different sizes");
            call.submit(session, turn -> dx.blend(legacy.view(), turn,
                    how.backward(x.read(legacy.view(), turn), dy.read(legacy.view(), turn), x.dims()), alpha, beta));
        });
    }

    /** The first channel of the window around one, and the one behind its last. */
    private int first(int channel) {
        return Math.max(0, channel - (n - 1) / 2);
    }

    private int end(int channel, int channels) {
        return Math.min(channels, channel - (n - 1) / 2 + n);
    }

    /** What is raised to beta, for each element. */
    private double[] bases(float[] x, int[] dims) {
        int channels = dims[1];
        int points = x.length / dims[0] / channels;
        double[] bases = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int channel = i / points % channels;
            int image = i - channel * points;
            double sum = 0;
            for (int other = first(channel); other < end(channel, channels); other++) {
                double value = x[image + other * points];
                sum += value * value;
            }
            bases[i] = k + alpha / n * sum;
        }
        return bases;
    }

    private float[] forward(float[] x, int[] dims) {
        double[] bases = bases(x, dims);
        float[] y = new float[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) (x[i] * Math.pow(bases[i], -beta));
        }
        return y;
    }

    private float[] backward(float[] x, float[] dy, int[] dims) {
        int channels = dims[1];
        int points = x.length / dims[0] / channels;
        double[] bases = bases(x, dims);
        double[] sums = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int channel = i / points % channels;
            int image = i - channel * points;
            sums[i] += dy[i] * Math.pow(bases[i], -beta);
            double share = -2 * alpha * beta / n * dy[i] * x[i] * Math.pow(bases[i], -beta - 1);
            for (int other = first(channel); other < end(channel, channels); other++) {
                sums[image + other * points] += share * x[image + other * points];
            }
        }
        float[] dx = new float[x.length];
        for (int i = 0; i < dx.length; i++) {
            dx[i] = (float) sums[i];
        }
        return dx;
    }
}
