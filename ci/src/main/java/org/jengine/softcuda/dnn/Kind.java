package org.jengine.softcuda.dnn;

/** The kinds of backend descriptors that are provided, with the numbers of cudnnBackendDescriptorType_t. */
enum Kind {
    POINTWISE(0),
    CONVOLUTION(1),
    ENGINE(2),
    ENGINECFG(3),
    ENGINEHEUR(4),
    EXECUTION_PLAN(5),
    KNOB_CHOICE(7),
    KNOB_INFO(8),
    OPERATION_CONVOLUTION_FORWARD(10),
    OPERATION_CONVOLUTION_BACKWARD_FILTER(11),
    OPERATION_CONVOLUTION_BACKWARD_DATA(12),
    OPERATION_POINTWISE(13),
    OPERATIONGRAPH(15),
    VARIANT_PACK(16),
    TENSOR(17),
    MATMUL(18),
    OPERATION_MATMUL(19),
    REDUCTION(21),
    OPERATION_REDUCTION(22),
    RESAMPLE(24),
    OPERATION_RESAMPLE_FWD(25),
    OPERATION_RESAMPLE_BWD(26),
    OPERATION_NORM_FORWARD(29),
    OPERATION_NORM_BACKWARD(30),
    DEVICEPROP(38);

    private final int number;

    Kind(int number) {
        this.number = number;
    }

    /** The kind of that number, or null if it is not provided. */
    static Kind find(int number) {
        for (Kind kind : values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        return null;
    }

    /** As the C header has it. */
    String text() {
        return "CUDNN_BACKEND_" + name() + "_DESCRIPTOR";
    }
}
