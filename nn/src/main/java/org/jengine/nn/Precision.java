package org.jengine.nn;

import org.jengine.kernels.DType;

/** What activations and the weights that matrix products see are stored in; master weights and statistics are always float32. */
public enum Precision {
    FP32(DType.F32),
    BF16(DType.BF16);

    private final DType real;

    Precision(DType real) {
        this.real = real;
    }

    public DType real() {
        return real;
    }
}
