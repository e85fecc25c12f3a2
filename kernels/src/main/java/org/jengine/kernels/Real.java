package org.jengine.kernels;

/** The storage types that kernels come in; a kernel is declared once and made for each of them. */
final class Real {
    private Real() {
    }

    /** @throws IllegalArgumentException if {@code real} is not a float type */
    static void require(String op, DType real) {
        if (real != DType.F32 && real != DType.BF16) {
            throw new IllegalArgumentException(op + " is made for F32 and BF16, not for " + real);
        }
    }

    /** As {@code relu_fwd_f32}. */
    static String entry(String op, DType real) {
        return op + "_" + real.suffix();
    }
}
