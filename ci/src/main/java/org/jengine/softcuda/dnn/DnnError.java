package org.jengine.softcuda.dnn;

/** A call, or a plan, that cuDNN refuses. */
final class DnnError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status status;

    DnnError(Status status, String message) {
        super(message);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
