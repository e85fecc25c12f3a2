package org.jengine.softcuda.blas;

import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/**
 * alpha or beta: a value that the call brought, or, in device pointer mode, a place that is read when the work is performed.
 *
 * @param value   the value if the address is 0
 * @param address in device memory, or 0
 * @param type    how the scalar lies there
 */
record Scalar(double value, long address, DataType type) {
    /** Whether it is known to be zero before the work is performed. */
    boolean isZero() {
        return address == 0 && value == 0;
    }

    double get(View view, Turn turn) {
        return address == 0 ? value : type.readDoubles(view, turn, address, 1)[0];
    }
}
