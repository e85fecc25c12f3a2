package org.jengine.softcuda.dnn;

/**
 * Types of attributes, with the numbers of cudnnBackendAttributeType_t and the bytes of an element. REAL is a float or a double, LENGTH a
 * whole number or a
 * fraction: the C headers leave the choice to the caller.
 */
enum Type {
    HANDLE(0, 8), DATA_TYPE(1, 4), BOOLEAN(2, 1), INT64(3, 8), FLOAT(4, 4), DOUBLE(5, 8), VOID_PTR(6, 8), CONVOLUTION_MODE(7, 4),
    HEUR_MODE(8, 4), KNOB_TYPE(9, 4), NAN_PROPAGATION(10, 4), NUMERICAL_NOTE(11, 4), POINTWISE_MODE(14, 4), DESCRIPTOR(15, 8),
    REDUCTION_OPERATOR(18, 4), BEHAVIOR_NOTE(19, 4), REORDERING_MODE(20, 4), RESAMPLE_MODE(21, 4), PADDING_MODE(22, 4), INT32(23, 4),
    CHAR(24, 1), FRACTION(26, 16), NORM_MODE(27, 4), NORM_FWD_PHASE(28, 4), REAL(-1, 0), LENGTH(-2, 0);

    private final int number;
    private final int bytes;

    Type(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /** The type of that number, or null. */
    static Type find(int number) {
        for (Type type : values()) {
            if (type.number == number && type.bytes > 0) {
                return type;
            }
        }
        return null;
    }

    int bytes() {
        return bytes;
    }

    int number() {
        return number;
    }

    /** Whether an attribute of this type may be given as the other. */
    boolean takes(Type other) {
        return switch (this) {
            case REAL -> other == FLOAT || other == DOUBLE;
            case LENGTH -> other == INT64 || other == FRACTION;
            default -> this == other;
        };
    }
}
