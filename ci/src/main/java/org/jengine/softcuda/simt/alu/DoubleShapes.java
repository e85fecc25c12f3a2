package org.jengine.softcuda.simt.alu;

import java.lang.invoke.MethodHandles;

/** Functions of one lane that give a double, each with the loop over lanes that {@link Loops} makes a copy of for every function. */
final class DoubleShapes {
    private DoubleShapes() {
    }

    interface DofD {
        double at(double a);

        final class Loop implements Body {
            private static final DofD F = Loops.function(MethodHandles.lookup(), DofD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                double[] d = out[0].d;
                double[] x = in[0].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface DofDD {
        double at(double a, double b);

        final class Loop implements Body {
            private static final DofDD F = Loops.function(MethodHandles.lookup(), DofDD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                double[] d = out[0].d;
                double[] x = in[0].d;
                double[] y = in[1].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface DofDDD {
        double at(double a, double b, double c);

        final class Loop implements Body {
            private static final DofDDD F = Loops.function(MethodHandles.lookup(), DofDDD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                double[] d = out[0].d;
                double[] x = in[0].d;
                double[] y = in[1].d;
                double[] z = in[2].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface DofI {
        double at(int a);

        final class Loop implements Body {
            private static final DofI F = Loops.function(MethodHandles.lookup(), DofI.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                double[] d = out[0].d;
                int[] x = in[0].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface DofL {
        double at(long a);

        final class Loop implements Body {
            private static final DofL F = Loops.function(MethodHandles.lookup(), DofL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                double[] d = out[0].d;
                long[] x = in[0].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface DofF {
        double at(float a);

        final class Loop implements Body {
            private static final DofF F = Loops.function(MethodHandles.lookup(), DofF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                double[] d = out[0].d;
                float[] x = in[0].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface DofDDP {
        double at(double a, double b, boolean c);

        final class Loop implements Body {
            private static final DofDDP F = Loops.function(MethodHandles.lookup(), DofDDP.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                double[] d = out[0].d;
                double[] x = in[0].d;
                double[] y = in[1].d;
                boolean[] z = in[2].p;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }
}
