package org.jengine.softcuda.blas;

import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/**
 * A column-major matrix in device memory. Its dense copies hold the columns one after the other, which is the transpose in row-major
 * order. Only the
 * elements are touched, never what lies between two columns.
 *
 * @param ld elements from one column to the next, at least the rows
 */
record Matrix(DataType type, long address, int rows, int columns, int ld) {
    Matrix at(long other) {
        return new Matrix(type, other, rows, columns, ld);
    }

    float[] floats(View view, Turn turn) {
        if (ld == rows || columns <= 1) {
            return type.read(view, turn, address, rows * columns);
        }
        float[] dense = new float[rows * columns];
        for (int column = 0; column < columns; column++) {
            System.arraycopy(type.read(view, turn, column(column), rows), 0, dense, column * rows, rows);
        }
        return dense;
    }

    double[] doubles(View view, Turn turn) {
        if (ld == rows || columns <= 1) {
            return type.readDoubles(view, turn, address, rows * columns);
        }
        double[] dense = new double[rows * columns];
        for (int column = 0; column < columns; column++) {
            System.arraycopy(type.readDoubles(view, turn, column(column), rows), 0, dense, column * rows, rows);
        }
        return dense;
    }

    void write(View view, Turn turn, float[] dense) {
        if (ld == rows || columns <= 1) {
            type.write(view, turn, address, dense);
            return;
        }
        float[] part = new float[rows];
        for (int column = 0; column < columns; column++) {
            System.arraycopy(dense, column * rows, part, 0, rows);
            type.write(view, turn, column(column), part);
        }
    }

    void write(View view, Turn turn, double[] dense) {
        if (ld == rows || columns <= 1) {
            type.writeDoubles(view, turn, address, dense);
            return;
        }
        double[] part = new double[rows];
        for (int column = 0; column < columns; column++) {
            System.arraycopy(dense, column * rows, part, 0, rows);
            type.writeDoubles(view, turn, column(column), part);
        }
    }

    /**
     * The triangle of a square matrix, the rest as {@code fill} says; only the triangle is read.
     *
     * @param unit whether the diagonal is one and not read
     */
    double[] triangle(View view, Turn turn, boolean upper, boolean unit, Fill fill) {
        double[] dense = new double[rows * rows];
        for (int column = 0; column < rows; column++) {
            int first = upper ? 0 : column + (unit ? 1 : 0);
            int end = upper ? column + (unit ? 0 : 1) : rows;
            if (end > first) {
                double[] part = type.readDoubles(view, turn, column(column) + (long) first * type.bytes(), end - first);
                for (int row = first; row < end; row++) {
                    dense[column * rows + row] = part[row - first];
                    if (fill == Fill.MIRRORED) {
                        dense[row * rows + column] = part[row - first];
                    }
                }
            }
            if (unit) {
                dense[column * rows + column] = 1;
            }
        }
        return dense;
    }

    /** Writes only the triangle of a square matrix. */
    void writeTriangle(View view, Turn turn, boolean upper, double[] dense) {
        for (int column = 0; column < rows; column++) {
            int first = upper ? 0 : column;
            int end = upper ? column + 1 : rows;
            double[] part = java.util.Arrays.copyOfRange(dense, column * rows + first, column * rows + end);
            type.writeDoubles(view, turn, column(column) + (long) first * type.bytes(), part);
        }
    }

    private long column(int number) {
        return address + (long) number * ld * type.bytes();
    }

    /** What the other triangle holds. */
    enum Fill { ZERO, MIRRORED }
}
