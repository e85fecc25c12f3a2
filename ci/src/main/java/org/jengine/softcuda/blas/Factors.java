package org.jengine.softcuda.blas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.work.Turn;

/** LU factors of batches of small square matrices, and what is done with them. Formed in double and rounded once. */
final class Factors {
    /** The largest matrix that cublas?matinvBatched takes. */
    private static final int LARGEST_INVERSE = 32;

    private Factors() {
    }

    static void provide(Blas blas, CallTable calls) {
        for (DataType type : new DataType[] {DataType.F32, DataType.F64}) {
            String letter = type == DataType.F32 ? "cublasS" : "cublasD";
            blas.one(calls, letter + "getrfBatched", a -> factor(a, type));
            blas.one(calls, letter + "getriBatched", a -> invert(a, type));
            blas.one(calls, letter + "getrsBatched", a -> solve(a, type));
            blas.one(calls, letter + "matinvBatched", a -> invertSmall(a, type));
        }
    }

    private static boolean some(Arguments a, int n, int batch, long... arrays) {
        a.require(n >= 0 && batch >= 0, "n " + n + ", batch " + batch);
        if (n == 0 || batch == 0) {
            return false;
        }
        for (long array : arrays) {
            a.require(array != 0, "a null array");
        }
        return true;
    }

    private static void factor(Arguments a, DataType type) {
        int n = a.size();
        Matrix matrix = Level2.matrix(a, type, n, n);
        long pivotsAt = a.i64();
        long infoAt = a.i64();
        int batch = a.size();
        if (some(a, n, batch, matrix.address(), infoAt)) {
            a.submit(turn -> {
                View view = a.view();
                long[] places = Gemms.pointers(view, turn, matrix.address(), batch);
                int[] pivots = pivotsAt == 0 ? null : new int[n];
                for (int i = 0; i < batch; i++) {
                    double[] values = matrix.at(places[i]).doubles(view, turn);
                    int singular = Dense.factor(n, values, pivots);
                    matrix.at(places[i]).write(view, turn, values);
                    if (pivots != null) {
                        write(view, turn, pivotsAt + (long) i * n * Integer.BYTES, pivots);
                    }
                    write(view, turn, infoAt + (long) i * Integer.BYTES, singular);
                }
            });
        }
    }

    private static void invert(Arguments a, DataType type) {
        int n = a.size();
        Matrix matrix = Level2.matrix(a, type, n, n);
        long pivotsAt = a.i64();
        Matrix inverse = Level2.matrix(a, type, n, n);
        long infoAt = a.i64();
        int batch = a.size();
        if (some(a, n, batch, matrix.address(), inverse.address(), infoAt)) {
            a.submit(turn -> {
                View view = a.view();
                long[] places = Gemms.pointers(view, turn, matrix.address(), batch);
                long[] targets = Gemms.pointers(view, turn, inverse.address(), batch);
                for (int i = 0; i < batch; i++) {
                    double[] values = matrix.at(places[i]).doubles(view, turn);
                    invert(view, turn, n, values, pivots(view, turn, pivotsAt, i, n), inverse.at(targets[i]),
                            infoAt + (long) i * Integer.BYTES, zeroOnDiagonal(n, values));
                }
            });
        }
    }

    private static void invertSmall(Arguments a, DataType type) {
        int n = a.size();
        a.require(n <= LARGEST_INVERSE, "n " + n + " is above " + LARGEST_INVERSE);
        Matrix matrix = Level2.matrix(a, type, n, n);
        Matrix inverse = Level2.matrix(a, type, n, n);
        long infoAt = a.i64();
        int batch = a.size();
        if (some(a, n, batch, matrix.address(), inverse.address(), infoAt)) {
            a.submit(turn -> {
                View view = a.view();
                long[] places = Gemms.pointers(view, turn, matrix.address(), batch);
                long[] targets = Gemms.pointers(view, turn, inverse.address(), batch);
                for (int i = 0; i < batch; i++) {
                    double[] values = matrix.at(places[i]).doubles(view, turn);
                    int[] pivots = new int[n];
                    int singular = Dense.factor(n, values, pivots);
                    invert(view, turn, n, values, pivots, inverse.at(targets[i]), infoAt + (long) i * Integer.BYTES, singular);
                }
            });
        }
    }

    private static void invert(View view, Turn turn, int n, double[] factored, int[] pivots, Matrix to, long infoAt, int singular) {
        if (singular == 0) {
            double[] inverse = Dense.identity(n);
            Dense.solveFactored(n, n, factored, pivots, false, inverse);
            to.write(view, turn, inverse);
        }
        write(view, turn, infoAt, singular);
    }

    private static void solve(Arguments a, DataType type) {
        boolean transposed = a.transposed();
        int n = a.size();
        int columns = a.size();
        a.require(columns >= 0, "right sides " + columns);
        Matrix matrix = Level2.matrix(a, type, n, n);
        long pivotsAt = a.i64();
        Matrix right = Level2.matrix(a, type, n, columns);
        long info = a.i64();
        int batch = a.size();
        a.answer(info, 0);
        if (some(a, n, batch, matrix.address(), right.address()) && columns > 0) {
            a.submit(turn -> {
                View view = a.view();
                long[] places = Gemms.pointers(view, turn, matrix.address(), batch);
                long[] targets = Gemms.pointers(view, turn, right.address(), batch);
                for (int i = 0; i < batch; i++) {
                    double[] values = right.at(targets[i]).doubles(view, turn);
                    Dense.solveFactored(n, columns, matrix.at(places[i]).doubles(view, turn), pivots(view, turn, pivotsAt, i, n),
                            transposed, values);
                    right.at(targets[i]).write(view, turn, values);
                }
            });
        }
    }

    private static int zeroOnDiagonal(int n, double[] values) {
        for (int i = 0; i < n; i++) {
            if (values[i * n + i] == 0) {
                return i + 1;
            }
        }
        return 0;
    }

    private static int[] pivots(View view, Turn turn, long at, int number, int n) {
        if (at == 0) {
            return null;
        }
        int[] pivots = new int[n];
        ByteBuffer.wrap(view.readBytes(turn, at + (long) number * n * Integer.BYTES, (long) n * Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(pivots);
        return pivots;
    }

    private static void write(View view, Turn turn, long at, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        view.writeBytes(turn, at, bytes.array());
    }
}
