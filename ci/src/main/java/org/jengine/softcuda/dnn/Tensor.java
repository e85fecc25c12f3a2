package org.jengine.softcuda.dnn;

import org.jengine.softcuda.blas.DataType;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/**
 * How a tensor lies in memory. Its values are computed with as arrays packed in the order of the dimensions (the last one fastest),
 * whatever the strides.
 *
 * @param dims    sizes; for images N, C and the spatial ones
 * @param strides elements from one index to the next, for each dimension
 */
record Tensor(DataType type, int[] dims, int[] strides) {
    static Tensor packed(DataType type, int... dims) {
        return new Tensor(type, dims, packedStrides(dims));
    }

    static int[] packedStrides(int... dims) {
        int[] strides = new int[dims.length];
        int stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return strides;
    }

    /** The strides of a tensor whose second dimension, the channels, is the fastest one. */
    static int[] channelsLast(int... dims) {
        int[] strides = new int[dims.length];
        strides[1] = 1;
        int stride = dims[1];
        for (int i = dims.length - 1; i >= 2; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        strides[0] = stride;
        return strides;
    }

    static int count(int... dims) {
        int count = 1;
        for (int dim : dims) {
            count = Math.multiplyExact(count, dim);
        }
        return count;
    }

    int count() {
        return count(dims);
    }

    /** Elements from the first to behind the last. */
    long span() {
        long last = 0;
        for (int i = 0; i < dims.length; i++) {
            last += (dims[i] - 1L) * strides[i];
        }
        return last + 1;
    }

    long bytes() {
        return span() * type.bytes();
    }

    /** Whether the elements lie in the order of the dimensions without gaps. */
    boolean isPacked() {
        return follows(packedStrides(dims));
    }

    boolean isChannelsLast() {
        return dims.length >= 3 && follows(channelsLast(dims));
    }

    /** Whether the strides are these, where they matter. */
    private boolean follows(int[] wanted) {
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] > 1 && strides[i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether two elements share a place. */
    boolean overlaps() {
        Integer[] order = new Integer[dims.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        java.util.Arrays.sort(order, java.util.Comparator.comparingInt(i -> strides[i]));
        long reach = 0;
        for (int i : order) {
            if (dims[i] > 1) {
                if (strides[i] <= reach) {
                    return true;
                }
                reach += (dims[i] - 1L) * strides[i];
            }
        }
        return false;
    }

    float[] read(View view, Turn turn, long address) {
        if (isPacked()) {
            return type.read(view, turn, address, count());
        }
        float[] packed = new float[count()];
        if (span() == packed.length) {
            float[] lying = type.read(view, turn, address, packed.length);
            runs((at, from, step, length) -> {
                for (int i = 0; i < length; i++) {
                    packed[at + i] = lying[from + i * step];
                }
            });
            return packed;
        }
        // There are gaps, whose bytes are nobody's business.
        runs((at, from, step, length) -> {
            if (step == 1) {
                System.arraycopy(type.read(view, turn, address + (long) from * type.bytes(), length), 0, packed, at, length);
                return;
            }
            for (int i = 0; i < length; i++) {
                packed[at + i] = type.read(view, turn, address + (from + (long) i * step) * type.bytes(), 1)[0];
            }
        });
        return packed;
    }

    void write(View view, Turn turn, long address, float[] packed) {
        if (isPacked()) {
            type.write(view, turn, address, packed);
            return;
        }
        if (span() == packed.length) {
            float[] lying = new float[packed.length];
            runs((at, to, step, length) -> {
                for (int i = 0; i < length; i++) {
                    lying[to + i * step] = packed[at + i];
                }
            });
            type.write(view, turn, address, lying);
            return;
        }
        runs((at, to, step, length) -> {
            if (step == 1) {
                type.write(view, turn, address + (long) to * type.bytes(), java.util.Arrays.copyOfRange(packed, at, at + length));
                return;
            }
            for (int i = 0; i < length; i++) {
                type.write(view, turn, address + (to + (long) i * step) * type.bytes(), new float[] {packed[at + i]});
            }
        });
    }

    /** One line along the last dimension: its start in the packed array, its start in memory, and its steps there. */
    private interface Run {
        void of(int packed, int lying, int step, int length);
    }

    private void runs(Run body) {
        int last = dims.length - 1;
        int length = dims[last];
        int lines = count() / Math.max(1, length);
        int[] index = new int[dims.length];
        int lying = 0;
        for (int line = 0; line < lines; line++) {
            body.of(line * length, lying, strides[last], length);
            for (int i = last - 1; i >= 0; i--) {
                lying += strides[i];
                if (++index[i] < dims[i]) {
                    break;
                }
                lying -= dims[i] * strides[i];
                index[i] = 0;
            }
        }
    }

    @Override
    public String toString() {
        return type + " " + java.util.Arrays.toString(dims) + " with strides " + java.util.Arrays.toString(strides);
    }
}
