package org.jengine.runtime.host;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jengine.runtime.NormSpec;

/** The way back through batch normalisation. */
final class NormBackwardOps {
    private NormBackwardOps() {
    }

    /** Gradients of gamma and beta: sums over the batch of the gradient, with and without the normalised input. */
    static final class Gradients extends NormOp {
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
            Floats in = new Floats(x, builder);
            Floats gradient = new Floats(dy, builder);
            double[][] products = new double[tiling.parts()][channels];
            double[][] sums = new double[tiling.parts()][channels];
            NormOp.Walk body = new NormOp.Walk(this, tiling, 5) {
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
                    Arrays.fill(t[1], 0);
                    Arrays.fill(t[2], 0);
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
        return new NormOp("batch norm backward", s, Access.writeRows(NormOp.images(s, "dx", dx)),
                Access.readRows(NormOp.images(s, "dy", dy)), Access.readRows(NormOp.images(s, "x", x)),
                Access.read(NormOp.vector(s, "gamma", gamma)), Access.read(mean), Access.read(invStd), Access.read(dgamma),
                Access.read(dbeta)) {
            @Override
            public Planned plan(Tiling tiling, GraphBuilder builder) {
                return Planned.of(new BackwardWalk(this, tiling, builder, dx, dy, x, gamma, mean, invStd, dgamma, dbeta));
            }
        };
    }

    private static final class BackwardWalk extends NormOp.Walk {
        private final NormOp op;
        private final Floats dx;
        private final Floats dy;
        private final Floats x;
        private final HostSlice[] vectors;
        private final FloatBuffer[] v;

        BackwardWalk(NormOp op, Tiling tiling, GraphBuilder builder, HostSlice dx, HostSlice dy, HostSlice x, HostSlice... vectors) {
            super(op, tiling, 5);
            this.op = op;
            this.dx = new Floats(dx, builder);
            this.dy = new Floats(dy, builder);
            this.x = new Floats(x, builder);
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
