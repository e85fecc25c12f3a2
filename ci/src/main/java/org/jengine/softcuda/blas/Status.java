package org.jengine.softcuda.blas;

import org.jengine.softcuda.wire.CudaError;

/** cublasStatus_t. */
final class Status {
    static final int SUCCESS = 0;
    static final int NOT_INITIALIZED = 1;
    static final int INVALID_VALUE = 7;
    static final int EXECUTION_FAILED = 13;
    static final int NOT_SUPPORTED = 15;

    private Status() {
    }

    static CudaError invalid(String what) {
        return new CudaError(INVALID_VALUE, what);
    }

    static CudaError unsupported(String what) {
        return new CudaError(NOT_SUPPORTED, what);
    }
}
