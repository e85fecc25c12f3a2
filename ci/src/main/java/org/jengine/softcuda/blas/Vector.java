package org.jengine.softcuda.blas;

import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/**
 * A vector in device memory whose elements lie {@code step} elements apart; with a negative step the first element is the last in memory.
 * Only the
 * elements are touched, never what lies between them.
 */
record Vector(DataType type, long address, int count, int step) {
    double[] read(View view, Turn turn) {
        if (step == 1 || count <= 1) {
            return type.readDoubles(view, turn, address, Math.max(0, count));
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = type.readDoubles(view, turn, place(i), 1)[0];
        }
        return values;
    }

    void write(View view, Turn turn, double[] values) {
        if (step == 1 || count <= 1) {
            type.writeDoubles(view, turn, address, values);
            return;
        }
        double[] one = new double[1];
        for (int i = 0; i < count; i++) {
            one[0] = values[i];
            type.writeDoubles(view, turn, place(i), one);
        }
    }

    private long place(int element) {
        long first = step < 0 ? (long) (1 - count) * step : 0;
        return address + (first + (long) element * step) * type.bytes();
    }
}
