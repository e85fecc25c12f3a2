package org.jengine.softcuda.dnn;

import org.jengine.softcuda.blas.Product;

/**
 * A convolution of images (N x C x spatial) with filters (K x C/groups x spatial), all packed, formed image by image as a product with
 * the image's windows laid out as columns. Spatial dimensions are held as three; a picture's first is 1.
 *
 * @param flipped whether the filter is turned round, as a convolution in the strict sense has it
 */
record Convolution(int n, int c, int k, int groups, int[] in, int[] filter, int[] out, int[] pads, int[] strides, int[] dilations,
        boolean flipped) {
    static final int SPATIAL = 3;

    /** The size that a dimension has after the convolution; not positive if the filter does not fit. */
    static int outSize(int in, int filter, int before, int after, int stride, int dilation) {
        int room = in + before + after - ((filter - 1) * dilation + 1);
        return room < 0 ? 0 : room / stride + 1;
    }

    /** One to three sizes as three, those that lack as {@code filling}. */
    static int[] three(int[] sizes, int filling) {
        int[] all = {filling, filling, filling};
        System.arraycopy(sizes, 0, all, SPATIAL - sizes.length, sizes.length);
        return all;
    }

    private int points() {
        return Tensor.count(out);
    }

    private int taps() {
        return c / groups * Tensor.count(filter);
    }

    private int channels() {
        return c / groups;
    }

    private int filters() {
        return k / groups;
    }

    float[] forward(float[] x, float[] w) {
        float[] weights = turned(w);
        int points = points();
        int taps = taps();
        float[] y = new float[n * k * points];
        float[] columns = new float[taps * points];
        for (int image = 0; image < n; image++) {
            for (int group = 0; group < groups; group++) {
                columns(x, (image * c + group * channels()) * Tensor.count(in), columns);
                float[] part = new float[filters() * points];
                Product.add(filters(), points, taps, part(weights, group, filters() * taps), columns, part);
                System.arraycopy(part, 0, y, (image * k + group * filters()) * points, part.length);
            }
        }
        return y;
    }

    float[] backwardData(float[] dy, float[] w) {
        float[] weights = turned(w);
        int points = points();
        int taps = taps();
        float[] dx = new float[n * c * Tensor.count(in)];
        for (int group = 0; group < groups; group++) {
            float[] across = Product.transpose(filters(), taps, part(weights, group, filters() * taps));
            for (int image = 0; image < n; image++) {
                float[] columns = new float[taps * points];
                Product.add(taps, points, filters(), across, part(dy, image * groups + group, filters() * points), columns);
                addColumns(columns, dx, (image * c + group * channels()) * Tensor.count(in));
            }
        }
        return dx;
    }

    float[] backwardFilter(float[] x, float[] dy) {
        int points = points();
        int taps = taps();
        float[] dw = new float[k * taps];
        float[] columns = new float[taps * points];
        for (int group = 0; group < groups; group++) {
            float[] sum = new float[filters() * taps];
            for (int image = 0; image < n; image++) {
                columns(x, (image * c + group * channels()) * Tensor.count(in), columns);
                Product.add(filters(), taps, points, part(dy, image * groups + group, filters() * points),
                        Product.transpose(taps, points, columns), sum);
            }
            System.arraycopy(sum, 0, dw, group * sum.length, sum.length);
        }
        return turned(dw);
    }

    private static float[] part(float[] all, int number, int length) {
        return all.length == length ? all : java.util.Arrays.copyOfRange(all, number * length, (number + 1) * length);
    }

    private float[] turned(float[] w) {
        if (!flipped) {
            return w;
        }
        int size = Tensor.count(filter);
        float[] turned = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            turned[i] = w[i / size * size + size - 1 - i % size];
        }
        return turned;
    }

    /** Lays out what each tap of the filter sees: a row for each tap, a column for each point of the result. */
    private void columns(float[] x, int from, float[] columns) {
        int row = 0;
        for (int channel = 0; channel < channels(); channel++) {
            for (int tap = 0; tap < Tensor.count(filter); tap++) {
                lines(channel, tap, row, (at, place, first, end) -> {
                    java.util.Arrays.fill(columns, at, at + first, 0);
                    if (strides[2] == 1 && end > first) {
                        System.arraycopy(x, from + place + first, columns, at + first, end - first);
                    } else {
                        for (int q = first; q < end; q++) {
                            columns[at + q] = x[from + place + q * strides[2]];
                        }
                    }
                    java.util.Arrays.fill(columns, at + end, at + out[2], 0);
                });
                row++;
            }
        }
    }

    private void addColumns(float[] columns, float[] dx, int to) {
        int row = 0;
        for (int channel = 0; channel < channels(); channel++) {
            for (int tap = 0; tap < Tensor.count(filter); tap++) {
                lines(channel, tap, row, (at, place, first, end) -> {
                    for (int q = first; q < end; q++) {
                        dx[to + place + q * strides[2]] += columns[at + q];
                    }
                });
                row++;
            }
        }
    }

    /**
     * A line of points of the result for one tap: where it starts among the columns, where its first point looks in the channel (perhaps
     * before its
     * start), and which of its points look inside.
     */
    private interface Line {
        void of(int at, int place, int first, int end);
    }

    private void lines(int channel, int tap, int row, Line body) {
        int across = tap % filter[2] * dilations[2] - pads[2];
        int down = tap / filter[2] % filter[1] * dilations[1] - pads[1];
        int deep = tap / filter[2] / filter[1] * dilations[0] - pads[0];
        int first = Math.min(out[2], across < 0 ? (-across + strides[2] - 1) / strides[2] : 0);
        int end = Math.max(first, Math.min(out[2], in[2] - across <= 0 ? 0 : (in[2] - across - 1) / strides[2] + 1));
        int at = row * points();
        for (int o = 0; o < out[0]; o++) {
            int z = o * strides[0] + deep;
            for (int p = 0; p < out[1]; p++) {
                int y = p * strides[1] + down;
                boolean inside = z >= 0 && z < in[0] && y >= 0 && y < in[1];
                int place = ((channel * in[0] + z) * in[1] + y) * in[2] + across;
                body.of(at, place, inside ? first : 0, inside ? end : 0);
                at += out[2];
            }
        }
    }
}
