package org.jengine.softcuda.blas;

import java.util.function.IntToLongFunction;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Turn;

/**
 * C = alpha op(A) op(B) + beta C for a batch of column-major matrices. C is not read where beta is zero, nor A and B where alpha is.
 *
 * @param a        A as it lies; its address is the batch's business
 * @param rounding to what the inputs are rounded before they are multiplied
 */
record Gemm(boolean transposeA, boolean transposeB, int m, int n, int k, Scalar alpha, Matrix a, Matrix b, Scalar beta, Matrix c,
        Rounding rounding) {
    /** What tensor cores make of float inputs. */
    enum Rounding {
        NONE, TF32, F16, BF16;

        private float of(float value) {
            return switch (this) {
                case NONE -> value;
                case TF32 -> Halves.toTf32(value);
                case F16 -> DataType.F16.round(value);
                case BF16 -> DataType.BF16.round(value);
            };
        }

        private float[] of(float[] values) {
            if (this != NONE) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = of(values[i]);
                }
            }
            return values;
        }
    }

    /** Each matrix goes through memory once, however often its elements are used. */
    Cost cost(int batch) {
        long elements = (long) m * k * a.type().bytes() + (long) k * n * b.type().bytes() + (long) m * n * c.type().bytes();
        return new Cost(batch * elements, 2.0 * batch * m * n * k, units());
    }

    /** As a GPU's profile names what multiplies. */
    private String units() {
        return switch (rounding) {
            case TF32 -> "tensor.tf32";
            case F16 -> "tensor.f16";
            case BF16 -> "tensor.bf16";
            case NONE -> switch (a.type()) {
                case F16 -> "tensor.f16";
                case BF16 -> "tensor.bf16";
                case F64 -> "f64";
                default -> "f32";
            };
        };
    }

    /** Performs it at these addresses; each function is asked for the numbers from 0 up to the batch. */
    void perform(View view, Turn turn, int batch, IntToLongFunction as, IntToLongFunction bs, IntToLongFunction cs) {
        double scale = alpha.get(view, turn);
        double keep = beta.get(view, turn);
        boolean exact = c.type() == DataType.F64 || c.type() == DataType.I32;
        for (int i = 0; i < batch; i++) {
            Matrix to = c.at(cs.applyAsLong(i));
            if (scale == 0 || k == 0) {
                scaled(view, turn, to, keep);
            } else if (exact) {
                inDouble(view, turn, a.at(as.applyAsLong(i)), b.at(bs.applyAsLong(i)), to, scale, keep);
            } else {
                inFloat(view, turn, a.at(as.applyAsLong(i)), b.at(bs.applyAsLong(i)), to, (float) scale, (float) keep);
            }
        }
    }

    private void scaled(View view, Turn turn, Matrix to, double keep) {
        double[] values = keep == 0 ? new double[m * n] : to.doubles(view, turn);
        for (int i = 0; i < values.length && keep != 0; i++) {
            values[i] *= keep;
        }
        to.write(view, turn, values);
    }

    // A dense column-major matrix is its transpose in row-major order, so what is formed is C' = op(B)' op(A)'.
    private void inFloat(View view, Turn turn, Matrix from, Matrix with, Matrix to, float scale, float keep) {
        float[] right = rounding.of(from.floats(view, turn));
        float[] left = rounding.of(with.floats(view, turn));
        float[] sum = new float[m * n];
        Product.add(n, m, k, transposeB ? Product.transpose(k, n, left) : left, transposeA ? Product.transpose(m, k, right) : right, sum);
        float[] old = keep == 0 ? null : to.floats(view, turn);
        for (int i = 0; i < sum.length; i++) {
            sum[i] = old == null ? scale * sum[i] : Math.fma(keep, old[i], scale * sum[i]);
        }
        to.write(view, turn, sum);
    }

    private void inDouble(View view, Turn turn, Matrix from, Matrix with, Matrix to, double scale, double keep) {
        double[] right = from.doubles(view, turn);
        double[] left = with.doubles(view, turn);
        double[] sum = new double[m * n];
        Product.add(n, m, k, transposeB ? Product.transpose(k, n, left) : left, transposeA ? Product.transpose(m, k, right) : right, sum);
        double[] old = keep == 0 ? null : to.doubles(view, turn);
        for (int i = 0; i < sum.length; i++) {
            sum[i] = old == null ? scale * sum[i] : Math.fma(keep, old[i], scale * sum[i]);
        }
        to.write(view, turn, sum);
    }
}
