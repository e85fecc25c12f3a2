package org.jengine.softcuda.dnn;

/**
 * Pooling of packed images (planes x spatial, three spatial dimensions as in {@link Convolution}).
 *
 * @param planes images times channels
 */
record Pooling(Mode mode, int planes, int[] in, int[] window, int[] out, int[] pads, int[] strides) {
    /** What becomes of a window; averages count the padding or not. */
    enum Mode { MAX, AVERAGE_WITH_PADDING, AVERAGE }

    /**
     * @param index for each point of the result the place in its window of what it took, counted along the last dimension first; null for
     *              averages
     */
    record Result(float[] y, int[] index) {
    }

    Result forward(float[] x) {
        float[] y = new float[planes * Tensor.count(out)];
        int[] index = mode == Mode.MAX ? new int[y.length] : null;
        Window at = new Window();
        for (int i = 0; i < y.length; i++) {
            at.move(i);
            if (mode == Mode.MAX) {
                index[i] = at.largest(x);
                y[i] = index[i] < 0 ? Float.NEGATIVE_INFINITY : x[at.place(index[i])];
            } else {
                float sum = 0;
                for (int tap = 0; tap < at.taps; tap++) {
                    int place = at.place(tap);
                    sum += place < 0 ? 0 : x[place];
                }
                y[i] = sum / at.divisor();
            }
        }
        return new Result(y, index);
    }

    /** The gradient of the input where the windows took what the index says; the index is not looked at for averages. */
    float[] backward(float[] dy, int[] index) {
        float[] dx = new float[planes * Tensor.count(in)];
        Window at = new Window();
        for (int i = 0; i < dy.length; i++) {
            at.move(i);
            if (mode == Mode.MAX) {
                int place = index[i] < 0 || index[i] >= at.taps ? -1 : at.place(index[i]);
                if (place >= 0) {
                    dx[place] += dy[i];
                }
                continue;
            }
            float share = dy[i] / at.divisor();
            for (int tap = 0; tap < at.taps; tap++) {
                int place = at.place(tap);
                if (place >= 0) {
                    dx[place] += share;
                }
            }
        }
        return dx;
    }

    /** The window of one point of the result. */
    private final class Window {
        private final int taps = Tensor.count(window);
        private final int[] start = new int[Convolution.SPATIAL];
        private int plane;

        void move(int point) {
            int rest = point;
            for (int d = Convolution.SPATIAL - 1; d >= 0; d--) {
                start[d] = rest % out[d] * strides[d] - pads[d];
                rest /= out[d];
            }
            plane = rest * Tensor.count(in);
        }

        /** Where a tap looks, or -1 if that is padding. */
        int place(int tap) {
            int across = start[2] + tap % window[2];
            int down = start[1] + tap / window[2] % window[1];
            int deep = start[0] + tap / window[2] / window[1];
            if (across < 0 || across >= in[2] || down < 0 || down >= in[1] || deep < 0 || deep >= in[0]) {
                return -1;
            }
            return plane + (deep * in[1] + down) * in[2] + across;
        }

        int largest(float[] x) {
            int best = -1;
            float most = 0;
            for (int tap = 0; tap < taps; tap++) {
                int place = place(tap);
                if (place >= 0 && (best < 0 || x[place] > most || Float.isNaN(x[place]))) {
                    best = tap;
                    most = x[place];
                    if (Float.isNaN(most)) {
                        break;
                    }
                }
            }
            return best;
        }

        int divisor() {
            if (mode == Mode.AVERAGE_WITH_PADDING) {
                return taps;
            }
            int inside = 0;
            for (int tap = 0; tap < taps; tap++) {
                inside += place(tap) >= 0 ? 1 : 0;
            }
            return inside;
        }
    }
}
