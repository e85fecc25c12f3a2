package org.jengine.softcuda.simt.alu;

/** A value of every lane: the one array that its kind names; the others are null. */
public final class Values {
    public final int[] i;
    public final long[] l;
    public final float[] f;
    public final double[] d;
    public final boolean[] p;

    private Values(int[] i, long[] l, float[] f, double[] d, boolean[] p) {
        this.i = i;
        this.l = l;
        this.f = f;
        this.d = d;
        this.p = p;
    }

    /** A zero for each lane. */
    public static Values of(Kind kind, int lanes) {
        return new Values(kind == Kind.I32 ? new int[lanes] : null, kind == Kind.I64 ? new long[lanes] : null,
                kind == Kind.F32 ? new float[lanes] : null, kind == Kind.F64 ? new double[lanes] : null,
                kind == Kind.PRED ? new boolean[lanes] : null);
    }
}
