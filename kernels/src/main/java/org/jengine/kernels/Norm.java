package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Batch normalisation with the dropout that may follow it: Ioffe and Szegedy, arXiv 1502.03167; running statistics as in Keras'
 * {@code BatchNormalization}. For devices on which no block can go on with what the others of its launch left; the others have
 * {@link NormMoments}, {@link NormSums} and {@link NormApply}. {@code x y dx dy real[rows, channels]}; {@code means
 * squares} are what {@link NormStats} found, {@code gammas betas} what {@link NormGrads} did, all {@code F32[chunks, channels]},
 * {@code chunks} being {@code rows / chunk} rounded up; everything else is {@code F32[channels]}.
 *
 * <p>Dropout is {@link Dropout}'s of the given {@code layer} and {@code rate} over the elements of {@code y}. At a rate of 0 there is none,
 * and {@code clock} and {@code key} are not read.
 */
public final class Norm {
    /** What comes to the merging of the chunks: root, quotients, the running average, the images' own four. */
    static final int ROUNDINGS = 18;

    private Norm() {
    }

    /**
     * {@code norm_fwd_<real>}: merges the chunks' statistics into the batch's {@code mean} and
     * {@code invStd = 1 / sqrt(variance + epsilon)} with the biased variance, moves the running statistics,
     * {@code running = momentum * running + (1 - momentum) * batch}, and makes
     * {@code y = dropout(gamma * (x - mean) * invStd + beta)}.
     */
    public static KernelDef fwd(DType real) {
        return new Forward(real);
    }

    /**
     * {@code norm_bwd_<real>}: the way back through {@link #fwd} and the statistics. With {@code d = dropout(dy)} and
     * {@code xhat = (x - mean) * invStd}, it adds the chunks' sums up, {@code dgamma = sum(d * xhat)} and {@code dbeta = sum(d)}, and makes
     * {@code dx = gamma * invStd * (d - dbeta / rows - xhat * dgamma / rows)} times the derivative of what made {@code x}: {@code before}
     * is its number, {@link Matmul#NONE}, {@link Matmul#RELU} or {@link Matmul#SIGMOID}.
     */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    private record Forward(DType real) implements KernelDef {
        private Forward {
            Real.require("norm_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("norm_fwd", real);
        }

        @Override
        public Devices devices() {
            return Devices.OPENCL;
        }

        @Override
        public Map<String, String> constants() {
            return Channels.constants();
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.out("mean", DType.F32), Param.out("invStd", DType.F32),
                    Param.inout("runningMean", DType.F32), Param.inout("runningVar", DType.F32), Param.in("x", real),
                    Param.in("gamma", DType.F32), Param.in("beta", DType.F32), Param.in("means", DType.F32), Param.in("squares", DType.F32),
                    Param.in("clock", DType.I32), Param.in("key", DType.I32),
                    Param.size("rows"), Param.size("channels"), Param.size("chunk"), Param.size("layer"),
                    Param.scalar("momentum"), Param.scalar("epsilon"), Param.scalar("rate"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Channels.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return Channels.chunks(sizes);
        }

        @Override
        public void reference(Args a) {
            int rows = a.size("rows");
            int channels = a.size("channels");
            int chunk = a.size("chunk");
            Dropout.Mask mask = new Dropout.Mask(a);
            for (int c = 0; c < channels; c++) {
                double mean = 0;
                for (int first = 0; first < rows; first += chunk) {
                    mean += a.data("means").get(first / chunk * channels + c) * Math.min(chunk, rows - first) / rows;
                }
                double variance = 0;
                for (int first = 0; first < rows; first += chunk) {
                    double off = a.data("means").get(first / chunk * channels + c) - mean;
                    variance += (a.data("squares").get(first / chunk * channels + c) + off * off * Math.min(chunk, rows - first)) / rows;
                }
                NormMoments.put(a, c, mean, variance);
                double invStd = 1 / Math.sqrt(variance + a.scalar("epsilon"));
                for (int i = c; i < rows * channels; i += channels) {
                    double y = a.data("gamma").get(c) * (a.data("x").get(i) - mean) * invStd + a.data("beta").get(c);
                    a.data("y").set(i, mask.over(i, y));
                }
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (Channels.Setting s : Channels.Setting.ALL) {
                int partial = s.chunks() * s.channels();
                cases.add(new Case(s.name(), s.chunks() + ROUNDINGS, random -> chunked(s, random, s.sizes(Args.of(this))
                        .out("y", s.rows() * s.channels()).out("mean", s.channels()).out("invStd", s.channels())
                        .data("runningMean", s.vector(random, -1, 1)).data("runningVar", s.vector(random, 0.5, 1.5))
                        .data("x", s.images(real, random, 0.5, 1))
                        .data("gamma", s.vector(random, 0.5, 1.5)).data("beta", s.vector(random, -1, 1))
                        .data("means", Fill.normal(DType.F32, partial, random, 1))
                        .data("squares", Fill.uniform(DType.F32, partial, random, 0, 2 * s.chunk())))
                        .scalar("momentum", 0.99).scalar("epsilon", 1e-3).build()));
            }
            return cases;
        }
    }

    private record Backward(DType real) implements KernelDef {
        private Backward {
            Real.require("norm_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("norm_bwd", real);
        }

        @Override
        public Devices devices() {
            return Devices.OPENCL;
        }

        @Override
        public Map<String, String> constants() {
            return Channels.constants();
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.out("dgamma", DType.F32), Param.out("dbeta", DType.F32),
                    Param.in("dy", real), Param.in("x", real), Param.in("gamma", DType.F32),
                    Param.in("mean", DType.F32), Param.in("invStd", DType.F32), Param.in("gammas", DType.F32), Param.in("betas", DType.F32),
                    Param.in("clock", DType.I32), Param.in("key", DType.I32),
                    Param.size("rows"), Param.size("channels"), Param.size("chunk"), Param.size("layer"), Param.size("before"),
                    Param.scalar("rate"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Channels.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return Channels.chunks(sizes);
        }

        @Override
        public void reference(Args a) {
            int channels = a.size("channels");
            for (int c = 0; c < channels; c++) {
                double dgamma = 0;
                double dbeta = 0;
                for (int p = c; p < Channels.chunks(a.size("rows"), a.size("chunk")) * channels; p += channels) {
                    dgamma += a.data("gammas").get(p);
                    dbeta += a.data("betas").get(p);
                }
                a.data("dgamma").set(c, dgamma);
                a.data("dbeta").set(c, dbeta);
            }
            back(a, a.data("x"), a.data("dx")::set);
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int i = 0; i < Channels.Setting.ALL.length; i++) {
                Channels.Setting s = Channels.Setting.ALL[i];
                int before = i % 3;
                int partial = s.chunks() * s.channels();
                cases.add(new Case(s.name(), s.chunks() + ROUNDINGS, random -> chunked(s, random, s.sizes(Args.of(this))
                        .out("dx", s.rows() * s.channels()).out("dgamma", s.channels()).out("dbeta", s.channels())
                        .data("dy", s.images(real, random, 0, 1)).data("x", s.images(real, random, 0.5, 1))
                        .data("gamma", s.vector(random, 0.5, 1.5)).data("mean", s.vector(random, 0, 1))
                        .data("invStd", s.vector(random, 0.5, 2))
                        .data("gammas", Fill.uniform(DType.F32, partial, random, -s.chunk(), s.chunk()))
                        .data("betas", Fill.uniform(DType.F32, partial, random, -s.chunk(), s.chunk()))).size("before", before).build()));
            }
            return cases;
        }
    }

    /** Takes an element of a gradient. */
    interface Taking {
        void take(int element, double gradient);
    }

    /** The gradient of the images that went forth, when {@code dgamma} and {@code dbeta} are known. */
    static void back(Args a, Data images, Taking dx) {
        int rows = a.size("rows");
        int channels = a.size("channels");
        Dropout.Mask mask = new Dropout.Mask(a);
        for (int c = 0; c < channels; c++) {
            double dgamma = a.data("dgamma").get(c);
            double dbeta = a.data("dbeta").get(c);
            double invStd = a.data("invStd").get(c);
            for (int i = c; i < rows * channels; i += channels) {
                double x = images.get(i);
                double xhat = (x - a.data("mean").get(c)) * invStd;
                double d = mask.over(i, a.data("dy").get(i));
                double gradient = a.data("gamma").get(c) * invStd * (d - dbeta / rows - xhat * dgamma / rows);
                dx.take(i, gradient * Matmul.slope(a.size("before"), x));
            }
        }
    }

    /** What the kernels share that cut the images into chunks and have dropout. */
    static Args.Builder chunked(Channels.Setting s, SplittableRandom random, Args.Builder args) {
        return dropping(s, random, args).size("chunk", s.chunk());
    }

    /** What the kernels with dropout share; the smallest and the even settings have none. */
    static Args.Builder dropping(Channels.Setting s, SplittableRandom random, Args.Builder args) {
        return args.data("clock", Fill.clock(3, 1, 391)).data("key", Fill.key(random)).size("layer", 4)
                .scalar("rate", s.rows() == 1 || s.rows() % 2 == 0 ? 0 : 0.25);
    }
}
