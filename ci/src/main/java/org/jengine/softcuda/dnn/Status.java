package org.jengine.softcuda.dnn;

/** cudnnStatus_t of cuDNN 9, with the names that its header gives. */
enum Status {
    SUCCESS(0), NOT_INITIALIZED(1001), BAD_PARAM(2000), BAD_PARAM_NULL_POINTER(2002), BAD_PARAM_MISALIGNED_POINTER(2003),
    BAD_PARAM_NOT_FINALIZED(2004), BAD_PARAM_OUT_OF_BOUND(2005), BAD_PARAM_SIZE_INSUFFICIENT(2006), BAD_PARAM_SHAPE_MISMATCH(2008),
    BAD_PARAM_DUPLICATED_ENTRIES(2009), BAD_PARAM_ATTRIBUTE_TYPE(2010), NOT_SUPPORTED(3000), NOT_SUPPORTED_GRAPH_PATTERN(3001),
    NOT_SUPPORTED_SHAPE(3002), NOT_SUPPORTED_DATA_TYPE(3003), NOT_SUPPORTED_LAYOUT(3004), NOT_SUPPORTED_ARCH_MISMATCH(3007),
    INTERNAL_ERROR(4000), EXECUTION_FAILED(5000), EXECUTION_FAILED_CUDA_DRIVER(5001);

    private final int number;

    Status(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Ends the call with this status; the message is what cudnnGetLastErrorString tells. */
    DnnError of(String message) {
        return new DnnError(this, "CUDNN_STATUS_" + name() + "; Reason: " + message);
    }

    /** Ends the call with this status unless the condition holds. */
    void unless(boolean condition, String message) {
        if (!condition) {
            throw of(message);
        }
    }
}
