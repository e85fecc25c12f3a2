package org.jengine.softcuda.blas;

/** What a cublasHandle_t holds. */
final class Handle {
    /** cublasMath_t. */
    static final int TENSOR_OP_MATH = 1;
    static final int TF32_TENSOR_OP_MATH = 3;
    static final int DISALLOW_REDUCED_PRECISION_REDUCTION = 16;

    private final long id;
    private long stream;
    private boolean devicePointers;
    private int mathMode;
    private int atomicsMode;
    private int multiprocessors;

    Handle(long id) {
        this.id = id;
    }

    long id() {
        return id;
    }

    long stream() {
        return stream;
    }

    void stream(long to) {
        stream = to;
    }

    /** Whether scalars lie in device memory. */
    boolean devicePointers() {
        return devicePointers;
    }

    void devicePointers(boolean to) {
        devicePointers = to;
    }

    int mathMode() {
        return mathMode;
    }

    void mathMode(int to) {
        mathMode = to;
    }

    /** The mode without the flags. */
    int math() {
        return mathMode & ~DISALLOW_REDUCED_PRECISION_REDUCTION;
    }

    int atomicsMode() {
        return atomicsMode;
    }

    void atomicsMode(int to) {
        atomicsMode = to;
    }

    int multiprocessors() {
        return multiprocessors;
    }

    void multiprocessors(int to) {
        multiprocessors = to;
    }
}
