package org.jengine.softcuda.simt.alu;

import java.lang.invoke.MethodHandles;

/** Functions of one lane that give an int, each with the loop over lanes that {@link Loops} makes a copy of for every function. */
final class IntShapes {
    private IntShapes() {
    }

    interface IofI {
        int at(int a);

        final class Loop implements Body {
            private static final IofI F = Loops.function(MethodHandles.lookup(), IofI.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                int[] x = in[0].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface IofII {
        int at(int a, int b);

        final class Loop implements Body {
            private static final IofII F = Loops.function(MethodHandles.lookup(), IofII.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                int[] x = in[0].i;
                int[] y = in[1].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface IofIII {
        int at(int a, int b, int c);

        final class Loop implements Body {
            private static final IofIII F = Loops.function(MethodHandles.lookup(), IofIII.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                int[] x = in[0].i;
                int[] y = in[1].i;
                int[] z = in[2].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface IofIIII {
        int at(int a, int b, int c, int d);

        final class Loop implements Body {
            private static final IofIIII F = Loops.function(MethodHandles.lookup(), IofIIII.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                int[] x = in[0].i;
                int[] y = in[1].i;
                int[] z = in[2].i;
                int[] w = in[3].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k], w[k]);
                }
            }
        }
    }

    interface IofL {
        int at(long a);

        final class Loop implements Body {
            private static final IofL F = Loops.function(MethodHandles.lookup(), IofL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                long[] x = in[0].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface IofF {
        int at(float a);

        final class Loop implements Body {
            private static final IofF F = Loops.function(MethodHandles.lookup(), IofF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                float[] x = in[0].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface IofD {
        int at(double a);

        final class Loop implements Body {
            private static final IofD F = Loops.function(MethodHandles.lookup(), IofD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                double[] x = in[0].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface IofFF {
        int at(float a, float b);

        final class Loop implements Body {
            private static final IofFF F = Loops.function(MethodHandles.lookup(), IofFF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                float[] x = in[0].f;
                float[] y = in[1].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface IofFFI {
        int at(float a, float b, int c);

        final class Loop implements Body {
            private static final IofFFI F = Loops.function(MethodHandles.lookup(), IofFFI.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                float[] x = in[0].f;
                float[] y = in[1].f;
                int[] z = in[2].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface IofIIP {
        int at(int a, int b, boolean c);

        final class Loop implements Body {
            private static final IofIIP F = Loops.function(MethodHandles.lookup(), IofIIP.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                int[] d = out[0].i;
                int[] x = in[0].i;
                int[] y = in[1].i;
                boolean[] z = in[2].p;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }
}
