package org.jengine.softcuda.simt.alu;

import java.lang.invoke.MethodHandles;

/** Functions of one lane that give a float, each with the loop over lanes that {@link Loops} makes a copy of for every function. */
final class FloatShapes {
    private FloatShapes() {
    }

    interface FofF {
        float at(float a);

        final class Loop implements Body {
            private static final FofF F = Loops.function(MethodHandles.lookup(), FofF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                float[] x = in[0].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface FofFF {
        float at(float a, float b);

        final class Loop implements Body {
            private static final FofFF F = Loops.function(MethodHandles.lookup(), FofFF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                float[] x = in[0].f;
                float[] y = in[1].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface FofFFF {
        float at(float a, float b, float c);

        final class Loop implements Body {
            private static final FofFFF F = Loops.function(MethodHandles.lookup(), FofFFF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                float[] x = in[0].f;
                float[] y = in[1].f;
                float[] z = in[2].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface FofI {
        float at(int a);

        final class Loop implements Body {
            private static final FofI F = Loops.function(MethodHandles.lookup(), FofI.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                int[] x = in[0].i;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface FofL {
        float at(long a);

        final class Loop implements Body {
            private static final FofL F = Loops.function(MethodHandles.lookup(), FofL.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                long[] x = in[0].l;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface FofD {
        float at(double a);

        final class Loop implements Body {
            private static final FofD F = Loops.function(MethodHandles.lookup(), FofD.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                double[] x = in[0].d;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k]);
                }
            }
        }
    }

    interface FofIF {
        float at(int a, float b);

        final class Loop implements Body {
            private static final FofIF F = Loops.function(MethodHandles.lookup(), FofIF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                int[] x = in[0].i;
                float[] y = in[1].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k]);
                }
            }
        }
    }

    interface FofIIF {
        float at(int a, int b, float c);

        final class Loop implements Body {
            private static final FofIIF F = Loops.function(MethodHandles.lookup(), FofIIF.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                int[] x = in[0].i;
                int[] y = in[1].i;
                float[] z = in[2].f;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }

    interface FofFFP {
        float at(float a, float b, boolean c);

        final class Loop implements Body {
            private static final FofFFP F = Loops.function(MethodHandles.lookup(), FofFFP.class);

            @Override
            public void run(Values[] out, Values[] in, int n) {
                float[] d = out[0].f;
                float[] x = in[0].f;
                float[] y = in[1].f;
                boolean[] z = in[2].p;
                for (int k = 0; k < n; k++) {
                    d[k] = F.at(x[k], y[k], z[k]);
                }
            }
        }
    }
}
