package org.jengine.softcuda.dnn;

import org.jengine.softcuda.blas.DataType;

/** cudnnDataType_t. */
final class Types {
    private static final int BOOLEAN = 11;

    private Types() {
    }

    /** @throws DnnError if the type is not provided */
    static DataType of(long number, String what) {
        return switch ((int) number) {
            case 0 -> DataType.F32;
            case 1 -> DataType.F64;
            case 2 -> DataType.F16;
            case 3, BOOLEAN -> DataType.I8;
            case 4 -> DataType.I32;
            case 6 -> DataType.U8;
            case 9 -> DataType.BF16;
            case 10 -> DataType.I64;
            default -> throw Status.NOT_SUPPORTED_DATA_TYPE.of(what + ": data type " + number);
        };
    }

    /** The number that the C header gives a type. */
    static int number(DataType type) {
        return switch (type) {
            case F32 -> 0;
            case F64 -> 1;
            case F16 -> 2;
            case I8 -> 3;
            case I32 -> 4;
            case U8 -> 6;
            case BF16 -> 9;
            case I64 -> 10;
        };
    }

    static boolean isReal(DataType type) {
        return type == DataType.F32 || type == DataType.F16 || type == DataType.BF16;
    }
}
