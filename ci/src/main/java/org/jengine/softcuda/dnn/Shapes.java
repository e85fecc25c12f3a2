package org.jengine.softcuda.dnn;

/** Packed arrays seen through other dimensions: repeated along some of them, or gathered over them. */
final class Shapes {
    private Shapes() {
    }

    /** Whether a tensor can be repeated to the dimensions: each of its own is the same or 1. */
    static boolean fits(int[] from, int[] to) {
        if (from.length != to.length) {
            return false;
        }
        for (int i = 0; i < from.length; i++) {
            if (from[i] != to[i] && from[i] != 1) {
                return false;
            }
        }
        return true;
    }

    /** The values repeated along the dimensions where they have one only. */
    static float[] repeat(float[] values, int[] from, int[] to) {
        if (java.util.Arrays.equals(from, to)) {
            return values;
        }
        float[] all = new float[Tensor.count(to)];
        if (values.length == 1) {
            java.util.Arrays.fill(all, values[0]);
            return all;
        }
        int[] places = places(from, to);
        for (int i = 0; i < all.length; i++) {
            all[i] = values[places[i]];
        }
        return all;
    }

    /** For each element of {@code large} the element of {@code small} that it belongs to. */
    static int[] places(int[] small, int[] large) {
        int[] strides = Tensor.packedStrides(small);
        int[] index = new int[large.length];
        int[] places = new int[Tensor.count(large)];
        int place = 0;
        for (int i = 0; i < places.length; i++) {
            places[i] = place;
            for (int d = large.length - 1; d >= 0; d--) {
                int step = small[d] == 1 ? 0 : strides[d];
                place += step;
                if (++index[d] < large[d]) {
                    break;
                }
                place -= large[d] * step;
                index[d] = 0;
            }
        }
        return places;
    }
}
