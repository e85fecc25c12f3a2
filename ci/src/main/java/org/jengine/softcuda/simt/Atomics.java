package org.jengine.softcuda.simt;

import org.jengine.softcuda.ptx.Type;

/** What atomic operations make of a value in memory. Values are bits without sign. */
final class Atomics {
    /** The operations of atom and red. */
    enum Op { ADD, MIN, MAX, INC, DEC, AND, OR, XOR, EXCH, CAS }

    private Atomics() {
    }

    /** Whether there is such an operation on vectors of so many elements of such a type. */
    static boolean knownOfVectors(Op op, Type type, int elements) {
        return switch (type) {
            case F32 -> op == Op.ADD && elements <= 4;
            case F16X2, BF16X2 -> (op == Op.ADD || op == Op.MIN || op == Op.MAX) && elements <= 4;
            case F16, BF16 -> op == Op.ADD || op == Op.MIN || op == Op.MAX;
            default -> false;
        };
    }

    /**
     * Whether there is such an operation on such a type; NVIDIA's assembler takes no other.
     *
     * @param noftz whether it says that values that are not normal stay, as sums of halves must and nothing else may
     */
    static boolean known(Op op, Type type, boolean noftz) {
        return noftz ? op == Op.ADD && half(type) : switch (op) {
            case ADD -> type == Type.U32 || type == Type.S32 || type == Type.U64 || type == Type.F32 || type == Type.F64;
            case MIN, MAX -> switch (type) {
                case U32, S32, U64, S64 -> true;
                default -> false;
            };
            case INC, DEC -> type == Type.U32;
            case AND, OR, XOR -> type == Type.B32 || type == Type.B64;
            case EXCH -> type == Type.B32 || type == Type.B64;
            case CAS -> type == Type.B16 || type == Type.B32 || type == Type.B64;
        };
    }

    private static boolean half(Type type) {
        return type == Type.F16 || type == Type.F16X2 || type == Type.BF16 || type == Type.BF16X2;
    }

    /**
     * The new value.
     *
     * @param flush whether f32 values that are not normal count as zero
     */
    static long apply(Op op, Type type, long old, long b, long c, boolean flush) {
        return switch (op) {
            case ADD -> add(type, old, b, flush);
            case MIN, MAX -> chosen(op, type, old, b);
            case INC -> Long.compareUnsigned(old, b) >= 0 ? 0 : old + 1;
            case DEC -> old == 0 || Long.compareUnsigned(old, b) > 0 ? b : old - 1;
            case AND -> old & b;
            case OR -> old | b;
            case XOR -> old ^ b;
            case EXCH -> b;
            case CAS -> old == b ? c : old;
        };
    }

    private static long chosen(Op op, Type type, long old, long b) {
        boolean least = op == Op.MIN;
        return switch (type) {
            case F16, BF16 -> Halves.chosen((int) old, (int) b, least, type == Type.BF16);
            case F16X2, BF16X2 -> Halves.chosen((int) old & 0xffff, (int) b & 0xffff, least, type == Type.BF16X2)
                    | (long) Halves.chosen((int) old >>> 16, (int) b >>> 16, least, type == Type.BF16X2) << 16;
            default -> least == less(type, b, old) ? b : old;
        };
    }

    private static boolean less(Type type, long a, long b) {
        return switch (type) {
            case S32 -> (int) a < (int) b;
            case S64 -> a < b;
            default -> Long.compareUnsigned(a, b) < 0;
        };
    }

    private static long add(Type type, long a, long b, boolean flush) {
        return switch (type) {
            case F32 -> {
                float sum = flushed(Float.intBitsToFloat((int) a), flush) + flushed(Float.intBitsToFloat((int) b), flush);
                yield bits(flushed(sum, flush));
            }
            case F64 -> Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
            case F16 -> Halves.add((int) a, (int) b);
            case BF16 -> Halves.addBrain((int) a, (int) b);
            case F16X2 -> Halves.add((int) a & 0xffff, (int) b & 0xffff)
                    | (long) Halves.add((int) a >>> 16, (int) b >>> 16) << 16;
            case BF16X2 -> Halves.addBrain((int) a & 0xffff, (int) b & 0xffff)
                    | (long) Halves.addBrain((int) a >>> 16, (int) b >>> 16) << 16;
            default -> a + b;
        };
    }

    private static float flushed(float value, boolean flush) {
        return flush && Math.abs(value) < Float.MIN_NORMAL ? Math.copySign(0f, value) : value;
    }

    private static long bits(float value) {
        return Float.isNaN(value) ? 0x7fffffffL : Float.floatToRawIntBits(value) & 0xffffffffL;
    }
}
