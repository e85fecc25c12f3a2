package org.jengine.softcuda.blas;

import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.work.Turn;

/** Vector operations, formed in double and rounded once. Types come with the name or, in the Ex forms, as arguments. */
final class Level1 {
    private Level1() {
    }

    static void provide(Blas blas, CallTable calls) {
        for (DataType type : new DataType[] {DataType.F32, DataType.F64}) {
            String letter = type == DataType.F32 ? "S" : "D";
            String low = type == DataType.F32 ? "s" : "d";
            blas.add(calls, "cublas" + letter + "axpy_v2", a -> axpy(a, type));
            blas.add(calls, "cublas" + letter + "scal_v2", a -> scal(a, type));
            blas.add(calls, "cublas" + letter + "copy_v2", a -> copy(a, type));
            blas.add(calls, "cublas" + letter + "swap_v2", a -> swap(a, type));
            blas.add(calls, "cublas" + letter + "dot_v2", a -> dot(a, type));
            blas.add(calls, "cublas" + letter + "nrm2_v2", a -> reduce(a, type, Level1::norm));
            blas.add(calls, "cublas" + letter + "asum_v2", a -> reduce(a, type, Level1::sum));
            blas.add(calls, "cublas" + letter + "rot_v2", a -> rot(a, type));
            blas.add(calls, "cublasI" + low + "amax_v2", a -> extreme(a, type, true));
            blas.add(calls, "cublasI" + low + "amin_v2", a -> extreme(a, type, false));
        }
        blas.add(calls, "cublasAxpyEx", a -> axpy(a, null));
        blas.add(calls, "cublasScalEx", a -> scal(a, null));
        blas.add(calls, "cublasCopyEx", a -> copy(a, null));
        blas.add(calls, "cublasSwapEx", a -> swap(a, null));
        blas.add(calls, "cublasDotEx", a -> dot(a, null));
        blas.add(calls, "cublasDotcEx", a -> dot(a, null));
        blas.add(calls, "cublasNrm2Ex", a -> reduce(a, null, Level1::norm));
        blas.add(calls, "cublasAsumEx", a -> reduce(a, null, Level1::sum));
        blas.add(calls, "cublasIamaxEx", a -> extreme(a, null, true));
        blas.add(calls, "cublasIaminEx", a -> extreme(a, null, false));
    }

    private static Vector vector(Arguments a, DataType type, int count) {
        long address = a.i64();
        DataType own = type == null ? a.type() : type;
        return new Vector(own, address, count, a.size());
    }

    /** Whether there is something to do; a null vector is then an error. */
    private static boolean some(Arguments a, int count, Vector... vectors) {
        if (count <= 0) {
            return false;
        }
        for (Vector vector : vectors) {
            a.require(vector.address() != 0, "a null vector");
        }
        return true;
    }

    /** The Ex forms compute halves in float and everything else in its own type. */
    private static void execution(Arguments a, DataType data, DataType execution) {
        boolean half = data == DataType.F16 || data == DataType.BF16;
        a.support(half ? execution == DataType.F32 : data == execution && (data == DataType.F32 || data == DataType.F64),
                "vectors of type " + data + " computed in " + execution);
    }

    /** The scalar has the type in which is computed: the tables of cublasAxpyEx and cublasScalEx. */
    private static void execution(Arguments a, DataType data, DataType execution, DataType scalar) {
        execution(a, data, execution);
        a.support(scalar == execution, "a scalar of type " + scalar + " computed in " + execution);
    }

    private static void axpy(Arguments a, DataType type) {
        int count = a.size();
        Object raw = a.scalar();
        DataType scale = type == null ? a.type() : type;
        Vector x = vector(a, type, count);
        Vector y = vector(a, type, count);
        if (type == null) {
            execution(a, x.type(), a.type(), scale);
        }
        a.support(x.type() == y.type(), "vectors of two types");
        Scalar alpha = a.scalar(raw, scale);
        if (some(a, count, x, y)) {
            a.submit(turn -> {
                double factor = alpha.get(a.view(), turn);
                if (factor != 0) {
                    double[] from = x.read(a.view(), turn);
                    double[] to = y.read(a.view(), turn);
                    for (int i = 0; i < count; i++) {
                        to[i] = Math.fma(factor, from[i], to[i]);
                    }
                    y.write(a.view(), turn, to);
                }
            });
        }
    }

    private static void scal(Arguments a, DataType type) {
        int count = a.size();
        Object raw = a.scalar();
        DataType scale = type == null ? a.type() : type;
        Vector x = vector(a, type, count);
        if (type == null) {
            execution(a, x.type(), a.type(), scale);
        }
        Scalar alpha = a.scalar(raw, scale);
        if (some(a, count, x) && x.step() > 0) {
            a.submit(turn -> {
                double factor = alpha.get(a.view(), turn);
                double[] values = x.read(a.view(), turn);
                for (int i = 0; i < count; i++) {
                    values[i] *= factor;
                }
                x.write(a.view(), turn, values);
            });
        }
    }

    private static void copy(Arguments a, DataType type) {
        int count = a.size();
        Vector x = vector(a, type, count);
        Vector y = vector(a, type, count);
        a.support(x.type() == y.type(), "vectors of two types");
        if (some(a, count, x, y)) {
            a.submit(turn -> y.write(a.view(), turn, x.read(a.view(), turn)));
        }
    }

    private static void swap(Arguments a, DataType type) {
        int count = a.size();
        Vector x = vector(a, type, count);
        Vector y = vector(a, type, count);
        a.support(x.type() == y.type(), "vectors of two types");
        if (some(a, count, x, y)) {
            a.submit(turn -> {
                double[] first = x.read(a.view(), turn);
                x.write(a.view(), turn, y.read(a.view(), turn));
                y.write(a.view(), turn, first);
            });
        }
    }

    private static void rot(Arguments a, DataType type) {
        int count = a.size();
        Vector x = vector(a, type, count);
        Vector y = vector(a, type, count);
        Scalar cosine = a.scalar(type);
        Scalar sine = a.scalar(type);
        if (some(a, count, x, y)) {
            a.submit(turn -> {
                double c = cosine.get(a.view(), turn);
                double s = sine.get(a.view(), turn);
                double[] xs = x.read(a.view(), turn);
                double[] ys = y.read(a.view(), turn);
                for (int i = 0; i < count; i++) {
                    double old = xs[i];
                    xs[i] = c * old + s * ys[i];
                    ys[i] = c * ys[i] - s * old;
                }
                x.write(a.view(), turn, xs);
                y.write(a.view(), turn, ys);
            });
        }
    }

    private static void dot(Arguments a, DataType type) {
        int count = a.size();
        Vector x = vector(a, type, count);
        Vector y = vector(a, type, count);
        long to = a.i64();
        DataType result = type == null ? a.type() : type;
        if (type == null) {
            execution(a, x.type(), a.type());
        }
        a.support(x.type() == y.type() && x.type() == result, "vectors of type " + x.type() + " and " + y.type() + ", result " + result);
        boolean some = some(a, count, x, y);
        a.result(to, turn -> {
            double sum = 0;
            if (some) {
                double[] xs = x.read(a.view(), turn);
                double[] ys = y.read(a.view(), turn);
                for (int i = 0; i < count; i++) {
                    sum = Math.fma(xs[i], ys[i], sum);
                }
            }
            return result.encode(sum);
        });
    }

    private static void reduce(Arguments a, DataType type, ToDoubleFunction<double[]> body) {
        int count = a.size();
        Vector x = vector(a, type, count);
        long to = a.i64();
        DataType result = type == null ? a.type() : type;
        if (type == null) {
            execution(a, x.type(), a.type());
        }
        a.support(x.type() == result, "a vector of type " + x.type() + ", result " + result);
        a.result(to, of(a, x, (turn, values) -> result.encode(body.applyAsDouble(values))));
    }

    /** cublasI?amax and amin: the first place, counted from 1, of the largest or smallest magnitude; 0 if there is none. */
    private static void extreme(Arguments a, DataType type, boolean largest) {
        int count = a.size();
        Vector x = vector(a, type, count);
        DataType number = a.name().endsWith("_64") ? DataType.I64 : DataType.I32;
        a.result(a.i64(), of(a, x, (turn, values) -> {
            int best = 0;
            for (int i = 1; i < values.length; i++) {
                double one = Math.abs(values[i]);
                double other = Math.abs(values[best]);
                if (largest ? one > other : one < other) {
                    best = i;
                }
            }
            return number.encode(values.length == 0 ? 0 : best + 1);
        }));
    }

    private static java.util.function.Function<Turn, byte[]> of(Arguments a, Vector x, BiFunction<Turn, double[], byte[]> body) {
        boolean some = some(a, x.count(), x) && x.step() > 0;
        return turn -> body.apply(turn, some ? x.read(a.view(), turn) : new double[0]);
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum = Math.fma(value, value, sum);
        }
        return Math.sqrt(sum);
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }
}
