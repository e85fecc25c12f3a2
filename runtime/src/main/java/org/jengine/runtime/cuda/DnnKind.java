package org.jengine.runtime.cuda;

/** Kinds of cuDNN's backend descriptors that are used, with the numbers of cudnnBackendDescriptorType_t. */
enum DnnKind {
    POINTWISE(0), CONVOLUTION(1), ENGINE(2), ENGINECFG(3), ENGINEHEUR(4), EXECUTION_PLAN(5), OPERATION_CONVOLUTION_FORWARD(10),
    OPERATION_CONVOLUTION_BACKWARD_FILTER(11), OPERATION_CONVOLUTION_BACKWARD_DATA(12), OPERATION_POINTWISE(13), OPERATIONGRAPH(15),
    VARIANT_PACK(16), TENSOR(17), REDUCTION(21), OPERATION_REDUCTION(22), RESAMPLE(24), OPERATION_RESAMPLE_FWD(25),
    OPERATION_RESAMPLE_BWD(26), OPERATION_NORM_FORWARD(29), OPERATION_NORM_BACKWARD(30), DEVICEPROP(38);

    private final int number;

    DnnKind(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
