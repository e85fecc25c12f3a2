package org.jengine.runtime.host;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jengine.runtime.NormSpec;

/** The ways forward through batch normalisation: with the batch's statistics and with the running ones. */
final class NormForwardOps {
    private NormForwardOps() {
    }

    /** Mean and variance of the batch: per part about a value near the mean, then joined (Chan, Golub, LeVeque 1979). */
    static final class Statistics extends NormOp {
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
            Floats in = new Floats(x, builder);
            double[][] means = new double[tiling.parts()][channels];
            double[][] squares = new double[tiling.parts()][channels];
            NormOp.Walk body = new NormOp.Walk(this, tiling, 4) {
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
                    Arrays.fill(t[1], 0);
                    Arrays.fill(t[2], 0);
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
    private abstract static class Affine extends NormOp {
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
            Floats in = new Floats(x, builder);
            Floats out = new Floats(y, builder);
            return Planned.of(new NormOp.Walk(this, tiling, 3) {
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
}
