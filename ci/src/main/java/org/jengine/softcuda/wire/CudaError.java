package org.jengine.softcuda.wire;

/**
 * A call that ends with a status other than success. The status is the library's own number: a CUresult, a cublasStatus_t, a
 * cudnnStatus_t.
 */
public final class CudaError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param message what was wrong with the call, as the log line for the user says it */
    public CudaError(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
