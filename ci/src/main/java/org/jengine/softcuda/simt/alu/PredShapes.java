package org.jengine.softcuda.simt.alu;

import java.lang.invoke.MethodHandles;

/** Functions of one lane that give a predicate, each with the loop over lanes that {@link Loops} makes a copy of for every function. */
final class PredShapes {
    private PredShapes() {
    }

    interface PofII {
        boolean at(int a, int b);

        final class Loop implements Body {
            private static final PofII F = Loops.function(MethodHandles.lookup(), PofII.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                int[] x = in[0].i;
                int[] y = in[1].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface PofLL {
        boolean at(long a, long b);

        final class Loop implements Body {
            private static final PofLL F = Loops.function(MethodHandles.lookup(), PofLL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                long[] x = in[0].l;
                long[] y = in[1].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface PofFF {
        boolean at(float a, float b);

        final class Loop implements Body {
            private static final PofFF F = Loops.function(MethodHandles.lookup(), PofFF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                float[] x = in[0].f;
                float[] y = in[1].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface PofDD {
        boolean at(double a, double b);

        final class Loop implements Body {
            private static final PofDD F = Loops.function(MethodHandles.lookup(), PofDD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                double[] x = in[0].d;
                double[] y = in[1].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface PofF {
        boolean at(float a);

        final class Loop implements Body {
            private static final PofF F = Loops.function(MethodHandles.lookup(), PofF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                float[] x = in[0].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface PofD {
        boolean at(double a);

        final class Loop implements Body {
            private static final PofD F = Loops.function(MethodHandles.lookup(), PofD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                double[] x = in[0].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface PofP {
        boolean at(boolean a);

        final class Loop implements Body {
            private static final PofP F = Loops.function(MethodHandles.lookup(), PofP.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                boolean[] x = in[0].p;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface PofPP {
        boolean at(boolean a, boolean b);

        final class Loop implements Body {
            private static final PofPP F = Loops.function(MethodHandles.lookup(), PofPP.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                boolean[] d = out[0].p;
                boolean[] x = in[0].p;
                boolean[] y = in[1].p;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }
}
