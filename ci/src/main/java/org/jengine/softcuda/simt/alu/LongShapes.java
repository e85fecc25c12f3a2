package org.jengine.softcuda.simt.alu;

import java.lang.invoke.MethodHandles;

/** Functions of one lane that give a long, each with the loop over lanes that {@link Loops} makes a copy of for every function. */
final class LongShapes {
    private LongShapes() {
    }

    interface LofL {
        long at(long a);

        final class Loop implements Body {
            private static final LofL F = Loops.function(MethodHandles.lookup(), LofL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                long[] x = in[0].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface LofLL {
        long at(long a, long b);

        final class Loop implements Body {
            private static final LofLL F = Loops.function(MethodHandles.lookup(), LofLL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                long[] x = in[0].l;
                long[] y = in[1].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface LofLLL {
        long at(long a, long b, long c);

        final class Loop implements Body {
            private static final LofLLL F = Loops.function(MethodHandles.lookup(), LofLLL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                long[] x = in[0].l;
                long[] y = in[1].l;
                long[] z = in[2].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface LofLI {
        long at(long a, int b);

        final class Loop implements Body {
            private static final LofLI F = Loops.function(MethodHandles.lookup(), LofLI.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                long[] x = in[0].l;
                int[] y = in[1].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface LofII {
        long at(int a, int b);

        final class Loop implements Body {
            private static final LofII F = Loops.function(MethodHandles.lookup(), LofII.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                int[] x = in[0].i;
                int[] y = in[1].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface LofIIL {
        long at(int a, int b, long c);

        final class Loop implements Body {
            private static final LofIIL F = Loops.function(MethodHandles.lookup(), LofIIL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                int[] x = in[0].i;
                int[] y = in[1].i;
                long[] z = in[2].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface LofLII {
        long at(long a, int b, int c);

        final class Loop implements Body {
            private static final LofLII F = Loops.function(MethodHandles.lookup(), LofLII.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                long[] x = in[0].l;
                int[] y = in[1].i;
                int[] z = in[2].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface LofLLII {
        long at(long a, long b, int c, int d);

        final class Loop implements Body {
            private static final LofLLII F = Loops.function(MethodHandles.lookup(), LofLLII.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                long[] x = in[0].l;
                long[] y = in[1].l;
                int[] z = in[2].i;
                int[] w = in[3].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k], w[k]);
                }
            }
        }
    }

    interface LofI {
        long at(int a);

        final class Loop implements Body {
            private static final LofI F = Loops.function(MethodHandles.lookup(), LofI.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                int[] x = in[0].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface LofF {
        long at(float a);

        final class Loop implements Body {
            private static final LofF F = Loops.function(MethodHandles.lookup(), LofF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                float[] x = in[0].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface LofD {
        long at(double a);

        final class Loop implements Body {
            private static final LofD F = Loops.function(MethodHandles.lookup(), LofD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                double[] x = in[0].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface LofLLP {
        long at(long a, long b, boolean c);

        final class Loop implements Body {
            private static final LofLLP F = Loops.function(MethodHandles.lookup(), LofLLP.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                long[] d = out[0].l;
                long[] x = in[0].l;
                long[] y = in[1].l;
                boolean[] z = in[2].p;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }
}
