package org.jengine.kernels;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The dimensions of a dense array, outermost first; images are {@code [n, h, w, c]}, filters {@code [k, r, s, c]}. */
public final class Shape {
    private final int[] dims;

    private Shape(int[] dims) {
        this.dims = dims;
    }

    /** @throws IllegalArgumentException if there is no dimension or one is less than 1 */
    public static Shape of(int... dims) {
        if (dims.length == 0) {
            throw new IllegalArgumentException("a shape needs at least one dimension");
        }
        for (int d : dims) {
            if (d < 1) {
                throw new IllegalArgumentException("dimensions must be positive: " + Arrays.toString(dims));
            }
        }
        return new Shape(dims.clone());
    }

    public int rank() {
        return dims.length;
    }

    public int dim(int axis) {
        return dims[axis];
    }

    /** The innermost dimension. */
    public int last() {
        return dims[dims.length - 1];
    }

    /** Number of elements. */
    public long count() {
        long count = 1;
        for (int d : dims) {
            count = Math.multiplyExact(count, (long) d);
        }
        return count;
    }

    /** This shape with one more dimension in front, as a batch of {@code n} of it. */
    public Shape batch(int n) {
        int[] out = new int[dims.length + 1];
        out[0] = n;
        System.arraycopy(dims, 0, out, 1, dims.length);
        return of(out);
    }

    public int[] toArray() {
        return dims.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** As {@code 32x32x3}. */
    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    }
}
