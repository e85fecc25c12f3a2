package org.jengine.runtime.host;

import static org.jengine.runtime.host.HostLibrary.require;

import java.nio.FloatBuffer;
import org.jengine.kernels.DType;
import org.jengine.runtime.NormSpec;

/**
 * Batch normalisation in Java. oneDNN's own wants the whole batch at once; here statistics are summed part by part, so that the
 * operation joins the chains on either side of it. The channel is the last dimension, so a tile holds whole rows of channels and
 * per-channel values are repeated to a tile's length: all loops run straight through memory.
 */
final class NormOps {
    private NormOps() {
    }

    private abstract static class Norm extends ImageOp {
        final NormSpec spec;
        final int channels;
        /** Floats of a tile: as many whole rows of channels as fit, at least one. */
        final int span;

        Norm(String name, NormSpec spec, Access... accesses) {
            super(name + " " + spec.channels(), spec.n(), accesses);
            this.spec = spec;
            channels = spec.channels();
            span = Math.max(1, Lane.TILE / channels) * channels;
        }

        static long count(NormSpec s) {
            return (long) s.n() * s.pixels() * s.channels();
        }

        static HostSlice images(NormSpec s, String argument, HostSlice slice) {
            return require("batch norm", argument, slice, s.real(), count(s));
        }

        static HostSlice vector(NormSpec s, String argument, HostSlice slice) {
            return require("batch norm", argument, slice, DType.F32, s.channels());
        }

        final int rowsPerImage() {
            return spec.pixels();
        }
    }

    /** Walks over the rows of a part in tiles, with arrays of a tile's length for every lane. */
    private abstract static class Walk extends Work {
        private final Norm op;
        private final Tiling tiling;
        private final int arrays;
        private float[][][] tiles;

        Walk(Norm op, Tiling tiling, int arrays) {
            super(tiling.parts());
            this.op = op;
            this.tiling = tiling;
            this.arrays = arrays;
        }

        @Override
        void link(Lanes lanes) {
            tiles = new float[lanes.count()][arrays][op.span];
            linked();
        }

        @Override
        final void run(int part, Lane lane) {
            float[][] t = tiles[lane.index];
            int perImage = op.spec.pixels() * op.channels;
            int from = tiling.from(part) * perImage;
            int end = from + tiling.count(part) * perImage;
            begin(part, from, t, lane);
            for (int at = from; at < end; at += op.span) {
                tile(at, Math.min(op.span, end - at), t, lane);
            }
            end(part, (end - from) / op.channels, t);
        }

        abstract void linked();

        abstract void begin(int part, int from, float[][] t, Lane lane);

        abstract void tile(int at, int n, float[][] t, Lane lane);

        void end(int part, int rows, float[][] t) {
        }

        /** The sum over a tile of repeated channels of what belongs to channel {@code c}. */
        final double fold(float[] tile, int c) {
            double sum = 0;
            for (int i = c; i < tile.length; i += op.channels) {
                sum += tile[i];
            }
            return sum;
        }

        /** Repeats {@code value} of channel {@code c} through a tile. */
        final void spread(float[] tile, int c, float value) {
            for (int i = c; i < tile.length; i += op.channels) {
                tile[i] = value;
            }
        }
    }

    /** Mean and variance of the batch: per part about a value near the mean, then joined (Chan, Golub, LeVeque 1979). */
    static final class Statistics extends Norm {
        private final HostSlice mean;
        private final HostSlice invStd;
        private final HostSlice runningMean;
        private final HostSlice runningVar;
        private final HostSlice x;

        Statistics(NormSpec s, HostSlice mean, HostSlice invStd, HostSlice runningMean, HostSlice runningVar, HostSlice x) {
            super("batch norm statistics", s, Access.write(vector(s, "mean", mean)), Access.write(vector(s, "invStd", invStd)),
                    Access.write(vector(s, "runningMean", runningMean)), Access.write(vector(s, "runningVar", runningVar)),
                    Access.readRows(images(s, "x", x)));
            this.mean = mean;
            this.invStd = invStd;
            this.runningMean = runningMean;
            this.runningVar = runningVar;
            this.x = x;
        }

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Floats in = new Floats(x);
            double[][] means = new double[tiling.parts()][channels];
            double[][] squares = new double[tiling.parts()][channels];
            Walk body = new Walk(this, tiling, 4) {
                @Override
                void linked() {
                    in.link();
                }

                @Override
                void begin(int part, int from, float[][] t, Lane lane) {
                    in.load(from, channels, t[0], lane);
                    for (int i = channels; i < span; i++) {
                        t[0][i] = t[0][i - channels];
                    }
                    java.util.Arrays.fill(t[1], 0);
                    java.util.Arrays.fill(t[2], 0);
                }

                @Override
                void tile(int at, int n, float[][] t, Lane lane) {
                    in.load(at, n, t[3], lane);
                    moments(t[3], t[0], t[1], t[2], n);
                }

                @Override
                void end(int part, int rows, float[][] t) {
                    for (int c = 0; c < channels; c++) {
                        double sum = fold(t[1], c);
                        means[part][c] = t[0][c] + sum / rows;
                        squares[part][c] = Math.max(0, fold(t[2], c) - sum * sum / rows);
                    }
                }
            };
            return new Planned(body, new Join(tiling, means, squares));
        }

        private static void moments(float[] v, float[] near, float[] sum, float[] squares, int n) {
            for (int i = 0; i < n; i++) {
                float d = v[i] - near[i];
                sum[i] += d;
                squares[i] += d * d;
            }
        }

        private final class Join extends Work {
            private final Tiling tiling;
            private final double[][] means;
            private final double[][] squares;
            private FloatBuffer[] out;

            Join(Tiling tiling, double[][] means, double[][] squares) {
                super(1);
                this.tiling = tiling;
                this.means = means;
                this.squares = squares;
            }

            @Override
            void link(Lanes lanes) {
                out = new FloatBuffer[] {mean.floats(), invStd.floats(), runningMean.floats(), runningVar.floats()};
            }

            @Override
            void run(int part, Lane lane) {
                float keep = spec.momentum();
                for (int c = 0; c < channels; c++) {
                    double m = means[0][c];
                    double square = squares[0][c];
                    double n = (double) tiling.count(0) * rowsPerImage();
                    for (int p = 1; p < tiling.parts(); p++) {
                        double more = (double) tiling.count(p) * rowsPerImage();
                        double apart = means[p][c] - m;
                        m += apart * more / (n + more);
                        square += squares[p][c] + apart * apart * n * more / (n + more);
                        n += more;
                    }
                    double variance = square / n;
                    out[0].put(c, (float) m);
                    out[1].put(c, (float) (1 / Math.sqrt(variance + spec.epsilon())));
                    out[2].put(c, (float) (keep * out[2].get(c) + (1 - keep) * m));
                    out[3].put(c, (float) (keep * out[3].get(c) + (1 - keep) * variance));
                }
            }
        }
    }

    /** {@code y = scale x + shift} with values for each channel. */
    private abstract static class Affine extends Norm {
        private final HostSlice y;
        private final HostSlice x;

        Affine(String name, NormSpec s, HostSlice y, HostSlice x, HostSlice... vectors) {
            super(name, s, accesses(s, y, x, vectors));
            this.y = y;
            this.x = x;
        }

        private static Access[] accesses(NormSpec s, HostSlice y, HostSlice x, HostSlice... vectors) {
            Access[] all = new Access[vectors.length + 2];
            all[0] = Access.writeRows(images(s, "y", y));
            all[1] = Access.readRows(images(s, "x", x));
            for (int i = 0; i < vectors.length; i++) {
                all[i + 2] = Access.read(vector(s, vectors[i].name(), vectors[i]));
            }
            return all;
        }

        abstract void link();

        abstract float scale(int c);

        abstract float shift(int c, float scale);

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Floats in = new Floats(x);
            Floats out = new Floats(y);
            return Planned.of(new Walk(this, tiling, 3) {
                @Override
                void linked() {
                    in.link();
                    out.link();
                    Affine.this.link();
                }

                @Override
                void begin(int part, int from, float[][] t, Lane lane) {
                    for (int c = 0; c < channels; c++) {
                        float scale = scale(c);
                        spread(t[0], c, scale);
                        spread(t[1], c, shift(c, scale));
                    }
                }

                @Override
                void tile(int at, int n, float[][] t, Lane lane) {
                    in.load(at, n, t[2], lane);
                    affine(t[2], t[0], t[1], n);
                    out.store(at, n, t[2], lane);
                }
            });
        }

        private static void affine(float[] v, float[] scale, float[] shift, int n) {
            for (int i = 0; i < n; i++) {
                v[i] = v[i] * scale[i] + shift[i];
            }
        }
    }

    /** With the statistics of the batch, the standard deviation inverted already. */
    static Op apply(NormSpec s, HostSlice y, HostSlice x, HostSlice gamma, HostSlice beta, HostSlice mean, HostSlice invStd) {
        return new Affine("batch norm apply", s, y, x, gamma, beta, mean, invStd) {
            private FloatBuffer g;
            private FloatBuffer b;
            private FloatBuffer m;
            private FloatBuffer is;

            @Override
            void link() {
                g = gamma.floats();
                b = beta.floats();
                m = mean.floats();
                is = invStd.floats();
            }

            @Override
            float scale(int c) {
                return g.get(c) * is.get(c);
            }

            @Override
            float shift(int c, float scale) {
                return b.get(c) - m.get(c) * scale;
            }
        };
    }

    /** With the running statistics. */
    static Op infer(NormSpec s, HostSlice y, HostSlice x, HostSlice gamma, HostSlice beta, HostSlice runningMean, HostSlice runningVar) {
        return new Affine("batch norm inference", s, y, x, gamma, beta, runningMean, runningVar) {
            private FloatBuffer g;
            private FloatBuffer b;
            private FloatBuffer m;
            private FloatBuffer v;

            @Override
            void link() {
                g = gamma.floats();
                b = beta.floats();
                m = runningMean.floats();
                v = runningVar.floats();
            }

            @Override
            float scale(int c) {
                return (float) (g.get(c) / Math.sqrt(v.get(c) + spec.epsilon()));
            }

            @Override
            float shift(int c, float scale) {
                return b.get(c) - m.get(c) * scale;
            }
        };
    }

    /** Gradients of gamma and beta: sums over the batch of the gradient, with and without the normalised input. */
    static final class Gradients extends Norm {
        private final HostSlice dgamma;
        private final HostSlice dbeta;
        private final HostSlice dy;
        private final HostSlice x;
        private final HostSlice mean;
        private final HostSlice invStd;

        Gradients(NormSpec s, HostSlice dgamma, HostSlice dbeta, HostSlice dy, HostSlice x, HostSlice mean, HostSlice invStd) {
            super("batch norm gradients", s, Access.write(vector(s, "dgamma", dgamma)), Access.write(vector(s, "dbeta", dbeta)),
                    Access.readRows(images(s, "dy", dy)), Access.readRows(images(s, "x", x)), Access.read(vector(s, "mean", mean)),
                    Access.read(vector(s, "invStd", invStd)));
            this.dgamma = dgamma;
            this.dbeta = dbeta;
            this.dy = dy;
            this.x = x;
            this.mean = mean;
            this.invStd = invStd;
        }

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Floats in = new Floats(x);
            Floats gradient = new Floats(dy);
            double[][] products = new double[tiling.parts()][channels];
            double[][] sums = new double[tiling.parts()][channels];
            Walk body = new Walk(this, tiling, 5) {
                private FloatBuffer means;

                @Override
                void linked() {
                    in.link();
                    gradient.link();
                    means = mean.floats();
                }

                @Override
                void begin(int part, int from, float[][] t, Lane lane) {
                    for (int c = 0; c < channels; c++) {
                        spread(t[0], c, means.get(c));
                    }
                    java.util.Arrays.fill(t[1], 0);
                    java.util.Arrays.fill(t[2], 0);
                }

                @Override
                void tile(int at, int n, float[][] t, Lane lane) {
                    in.load(at, n, t[3], lane);
                    gradient.load(at, n, t[4], lane);
                    sums(t[4], t[3], t[0], t[1], t[2], n);
                }

                @Override
                void end(int part, int rows, float[][] t) {
                    for (int c = 0; c < channels; c++) {
                        products[part][c] = fold(t[1], c);
                        sums[part][c] = fold(t[2], c);
                    }
                }
            };
            return new Planned(body, new Work(1) {
                private FloatBuffer[] out;

                @Override
                void link(Lanes lanes) {
                    out = new FloatBuffer[] {dgamma.floats(), dbeta.floats(), invStd.floats()};
                }

                @Override
                void run(int part, Lane lane) {
                    for (int c = 0; c < channels; c++) {
                        double product = 0;
                        double sum = 0;
                        for (int p = 0; p < tiling.parts(); p++) {
                            product += products[p][c];
                            sum += sums[p][c];
                        }
                        out[0].put(c, (float) (product * out[2].get(c)));
                        out[1].put(c, (float) sum);
                    }
                }
            });
        }

        private static void sums(float[] g, float[] v, float[] mean, float[] product, float[] sum, int n) {
            for (int i = 0; i < n; i++) {
                product[i] += g[i] * (v[i] - mean[i]);
                sum[i] += g[i];
            }
        }
    }

    /** {@code dx = gamma invStd (dy - dbeta / n - xhat dgamma / n)}, written as {@code a dy + b x + c} with values for each channel. */
    static Op backward(NormSpec s, HostSlice dx, HostSlice dy, HostSlice x, HostSlice gamma, HostSlice mean, HostSlice invStd,
                       HostSlice dgamma, HostSlice dbeta) {
        return new Norm("batch norm backward", s, Access.writeRows(Norm.images(s, "dx", dx)), Access.readRows(Norm.images(s, "dy", dy)),
                Access.readRows(Norm.images(s, "x", x)), Access.read(Norm.vector(s, "gamma", gamma)), Access.read(mean), Access.read(invStd),
                Access.read(dgamma), Access.read(dbeta)) {
            @Override
            public Planned plan(Tiling tiling, GraphBuilder builder) {
                return Planned.of(new BackwardWalk(this, tiling, dx, dy, x, gamma, mean, invStd, dgamma, dbeta));
            }
        };
    }

    private static final class BackwardWalk extends Walk {
        private final Norm op;
        private final Floats dx;
        private final Floats dy;
        private final Floats x;
        private final HostSlice[] vectors;
        private final FloatBuffer[] v;

        BackwardWalk(Norm op, Tiling tiling, HostSlice dx, HostSlice dy, HostSlice x, HostSlice... vectors) {
            super(op, tiling, 5);
            this.op = op;
            this.dx = new Floats(dx);
            this.dy = new Floats(dy);
            this.x = new Floats(x);
            this.vectors = vectors;
            this.v = new FloatBuffer[vectors.length];
        }

        @Override
        void linked() {
            dx.link();
            dy.link();
            x.link();
            for (int i = 0; i < v.length; i++) {
                v[i] = vectors[i].floats();
            }
        }

        @Override
        void begin(int part, int from, float[][] t, Lane lane) {
            double n = (double) op.spec.n() * op.spec.pixels();
            for (int c = 0; c < op.channels; c++) {
                double invStd = v[2].get(c);
                double ofGradient = v[0].get(c) * invStd;
                double ofInput = -ofGradient * invStd * v[3].get(c) / n;
                spread(t[0], c, (float) ofGradient);
                spread(t[1], c, (float) ofInput);
                spread(t[2], c, (float) (-ofGradient * v[4].get(c) / n - ofInput * v[1].get(c)));
            }
        }

        @Override
        void tile(int at, int n, float[][] t, Lane lane) {
            dy.load(at, n, t[3], lane);
            x.load(at, n, t[4], lane);
            combine(t[3], t[4], t[0], t[1], t[2], n);
            dx.store(at, n, t[3], lane);
        }

        private static void combine(float[] g, float[] in, float[] a, float[] b, float[] c, int n) {
            for (int i = 0; i < n; i++) {
                g[i] = g[i] * a[i] + in[i] * b[i] + c[i];
            }
        }
    }
}
