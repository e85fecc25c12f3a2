package org.jengine.softcuda.simt;

import java.util.Arrays;
import org.jengine.softcuda.simt.alu.Kind;
import org.jengine.softcuda.simt.alu.Values;

/** What is done with whole values: copies under a mask, between kinds, and fills. */
final class Lanes {
    private Lanes() {
    }

    static Kind kind(Values values) {
        return values.i != null ? Kind.I32 : values.f != null ? Kind.F32 : values.l != null ? Kind.I64 : values.d != null ? Kind.F64
                : Kind.PRED;
    }

    /** A lane's bits; those of an int come without sign. */
    static long bits(Values values, int lane) {
        if (values.i != null) {
            return values.i[lane] & 0xffffffffL;
        }
        if (values.f != null) {
            return Float.floatToRawIntBits(values.f[lane]) & 0xffffffffL;
        }
        if (values.l != null) {
            return values.l[lane];
        }
        if (values.d != null) {
            return Double.doubleToRawLongBits(values.d[lane]);
        }
        return values.p[lane] ? 1 : 0;
    }

    static void set(Values values, int lane, long bits) {
        if (values.i != null) {
            values.i[lane] = (int) bits;
        } else if (values.f != null) {
            values.f[lane] = Float.intBitsToFloat((int) bits);
        } else if (values.l != null) {
            values.l[lane] = bits;
        } else if (values.d != null) {
            values.d[lane] = Double.longBitsToDouble(bits);
        } else {
            values.p[lane] = bits != 0;
        }
    }

    /** The same bits for lanes from..to. */
    static void fill(Values values, int from, int to, long bits) {
        if (values.i != null) {
            Arrays.fill(values.i, from, to, (int) bits);
        } else if (values.f != null) {
            Arrays.fill(values.f, from, to, Float.intBitsToFloat((int) bits));
        } else if (values.l != null) {
            Arrays.fill(values.l, from, to, bits);
        } else if (values.d != null) {
            Arrays.fill(values.d, from, to, Double.longBitsToDouble(bits));
        } else {
            Arrays.fill(values.p, from, to, bits != 0);
        }
    }

    static void fill(Values values, Mask mask, long bits) {
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length; r += 2) {
            fill(values, runs[r], runs[r + 1], bits);
        }
    }

    static void copy(Values from, Values to, Mask mask) {
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length; r += 2) {
            copy(from, to, runs[r], runs[r + 1]);
        }
    }

    /** Copies the bits of lanes from..to, whatever the two kinds are. */
    static void copy(Values source, Values target, int from, int to) {
        int count = to - from;
        if (source.i != null) {
            ofInts(source.i, target, from, to);
        } else if (source.f != null) {
            ofFloats(source.f, target, from, to);
        } else if (source.l != null) {
            ofLongs(source.l, target, from, to);
        } else if (source.p != null && target.p != null) {
            System.arraycopy(source.p, from, target.p, from, count);
        } else if (source.d != null && target.d != null) {
            System.arraycopy(source.d, from, target.d, from, count);
        } else {
            for (int k = from; k < to; k++) {
                set(target, k, bits(source, k));
            }
        }
    }

    private static void ofInts(int[] source, Values target, int from, int to) {
        if (target.i != null) {
            // A call costs more than a few lanes.
            if (to - from < 8) {
                for (int k = from; k < to; k++) {
                    target.i[k] = source[k];
                }
            } else {
                System.arraycopy(source, from, target.i, from, to - from);
            }
        } else if (target.f != null) {
            for (int k = from; k < to; k++) {
                target.f[k] = Float.intBitsToFloat(source[k]);
            }
        } else {
            for (int k = from; k < to; k++) {
                set(target, k, source[k] & 0xffffffffL);
            }
        }
    }

    private static void ofFloats(float[] source, Values target, int from, int to) {
        if (target.f != null) {
            if (to - from < 8) {
                for (int k = from; k < to; k++) {
                    target.f[k] = source[k];
                }
            } else {
                System.arraycopy(source, from, target.f, from, to - from);
            }
        } else if (target.i != null) {
            for (int k = from; k < to; k++) {
                target.i[k] = Float.floatToRawIntBits(source[k]);
            }
        } else {
            for (int k = from; k < to; k++) {
                set(target, k, Float.floatToRawIntBits(source[k]) & 0xffffffffL);
            }
        }
    }

    private static void ofLongs(long[] source, Values target, int from, int to) {
        if (target.l != null) {
            System.arraycopy(source, from, target.l, from, to - from);
        } else if (target.i != null) {
            for (int k = from; k < to; k++) {
                target.i[k] = (int) source[k];
            }
        } else {
            for (int k = from; k < to; k++) {
                set(target, k, source[k]);
            }
        }
    }
}
