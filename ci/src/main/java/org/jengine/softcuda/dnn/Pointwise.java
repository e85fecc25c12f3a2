package org.jengine.softcuda.dnn;

/**
 * A pointwise function of one to three operands, with cudnnPointwiseMode_t's numbers. Gradients take the gradient of the result and the
 * function's input, or
 * its result where that is enough.
 */
record Pointwise(int mode, float lowerClip, float upperClip, float lowerSlope, float eluAlpha, float softplusBeta, float swishBeta) {
    static final int ADD = 0;
    static final int MUL = 1;
    static final int IDENTITY = 21;
    static final int RELU = 100;
    static final int TANH = 101;
    static final int SIGMOID = 102;
    static final int ELU = 103;
    static final int GELU = 104;
    static final int SOFTPLUS = 105;
    static final int SWISH = 106;
    static final int GELU_TANH = 107;
    static final int SELECT = 601;

    private static final int FIRST_BACKWARD = 200;
    private static final int LAST_BACKWARD = 207;
    private static final int SPACE = FIRST_BACKWARD - RELU;
    private static final double SQRT_2 = Math.sqrt(2);
    private static final double SQRT_2_BY_PI = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBIC = 0.044715;

    /** A function with the usual constants. */
    static Pointwise plain(int mode) {
        return new Pointwise(mode, 0, Float.POSITIVE_INFINITY, 0, 1, 1, 1);
    }

    boolean isBackward() {
        return mode >= FIRST_BACKWARD && mode <= LAST_BACKWARD;
    }

    /** How many operands a function takes that is no gradient: 1, 2 or 3; 0 if it is not provided. */
    int operands() {
        if (mode >= 10 && mode <= 22 || mode == 4 || mode >= RELU && mode <= GELU_TANH || mode == 402) {
            return 1;
        }
        if (mode >= 0 && mode <= 9 || mode == 23 || mode >= 300 && mode <= 305 || mode == 400 || mode == 401) {
            return 2;
        }
        return mode == SELECT ? 3 : 0;
    }

    float[] apply(float[] x) {
        float[] y = new float[x.length];
        if (mode == RELU && lowerClip == 0 && lowerSlope == 0 && upperClip == Float.POSITIVE_INFINITY) {
            for (int i = 0; i < y.length; i++) {
                y[i] = Math.max(x[i], 0);
            }
            return y;
        }
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) one(x[i]);
        }
        return y;
    }

    float[] apply(float[] x, float[] b) {
        float[] y = new float[x.length];
        if (mode == ADD) {
            for (int i = 0; i < y.length; i++) {
                y[i] = x[i] + b[i];
            }
            return y;
        }
        for (int i = 0; i < y.length; i++) {
            y[i] = two(x[i], b[i]);
        }
        return y;
    }

    float[] apply(float[] x, float[] b, float[] choice) {
        float[] y = new float[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = choice[i] != 0 ? x[i] : b[i];
        }
        return y;
    }

    /** The gradient of the input, from that of the result and the input. */
    float[] gradient(float[] dy, float[] x) {
        float[] dx = new float[dy.length];
        for (int i = 0; i < dx.length; i++) {
            dx[i] = (float) (dy[i] * slope(x[i]));
        }
        return dx;
    }

    private double one(double x) {
        return switch (mode) {
            case 4 -> Math.sqrt(x);
            case 10 -> Math.abs(x);
            case 11 -> Math.ceil(x);
            case 12 -> Math.cos(x);
            case 13 -> Math.exp(x);
            case 14 -> Math.floor(x);
            case 15 -> Math.log(x);
            case 16 -> -x;
            case 17 -> 1 / Math.sqrt(x);
            case 18 -> Math.sin(x);
            case 19 -> Math.tan(x);
            case 20 -> erf(x);
            case 22 -> 1 / x;
            case 402 -> x == 0 ? 1 : 0;
            case RELU -> x < lowerClip ? lowerClip + lowerSlope * (x - lowerClip) : Math.min(x, upperClip);
            case TANH -> Math.tanh(x);
            case SIGMOID -> sigmoid(x);
            case ELU -> x > 0 ? x : eluAlpha * Math.expm1(x);
            case GELU -> x / 2 * (1 + erf(x / SQRT_2));
            case SOFTPLUS -> softplus(x);
            case SWISH -> x * sigmoid(swishBeta * x);
            case GELU_TANH -> x / 2 * (1 + Math.tanh(SQRT_2_BY_PI * (x + GELU_CUBIC * x * x * x)));
            default -> x;
        };
    }

    private float two(float x, float b) {
        return switch (mode) {
            case MUL -> x * b;
            case 2 -> Math.min(x, b);
            case 3 -> Math.max(x, b);
            case 5 -> Math.fma(b, b, x);
            case 6 -> x / b;
            case 7 -> x % b;
            case 8 -> (float) Math.pow(x, b);
            case 9 -> x - b;
            case 23 -> (float) Math.atan2(x, b);
            case 300 -> x == b ? 1 : 0;
            case 301 -> x != b ? 1 : 0;
            case 302 -> x > b ? 1 : 0;
            case 303 -> x >= b ? 1 : 0;
            case 304 -> x < b ? 1 : 0;
            case 305 -> x <= b ? 1 : 0;
            case 400 -> x != 0 && b != 0 ? 1 : 0;
            case 401 -> x != 0 || b != 0 ? 1 : 0;
            default -> x + b;
        };
    }

    private double slope(double x) {
        return switch (mode - SPACE) {
            case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
            case SIGMOID -> sigmoid(x) * (1 - sigmoid(x));
            case ELU -> x > 0 ? 1 : eluAlpha * Math.exp(x);
            case GELU -> (1 + erf(x / SQRT_2)) / 2 + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            case SOFTPLUS -> sigmoid(softplusBeta * x);
            case SWISH -> sigmoid(swishBeta * x) * (1 + swishBeta * x * (1 - sigmoid(swishBeta * x)));
            case GELU_TANH -> geluTanhSlope(x);
            default -> x <= lowerClip ? lowerSlope : x < upperClip ? 1 : 0;
        };
    }

    private static double geluTanhSlope(double x) {
        double t = Math.tanh(SQRT_2_BY_PI * (x + GELU_CUBIC * x * x * x));
        return (1 + t) / 2 + x / 2 * (1 - t * t) * SQRT_2_BY_PI * (1 + 3 * GELU_CUBIC * x * x);
    }

    private double softplus(double x) {
        double scaled = softplusBeta * x;
        return (Math.max(scaled, 0) + Math.log1p(Math.exp(-Math.abs(scaled)))) / softplusBeta;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The error function: its power series near zero, its continued fraction far from it; good to 1e-12. */
    private static double erf(double x) {
        double size = Math.abs(x);
        if (size > 6) {
            return Math.signum(x);
        }
        if (size < 3) {
            double term = x;
            double sum = x;
            for (int i = 1; Math.abs(term) > 1e-17 * Math.abs(sum); i++) {
                term *= -x * x / i;
                sum += term / (2 * i + 1);
            }
            return 2 / Math.sqrt(Math.PI) * sum;
        }
        double fraction = 0;
        for (int i = 60; i > 0; i--) {
            fraction = i / 2.0 / (size + fraction);
        }
        return Math.signum(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (size + fraction));
    }
}
