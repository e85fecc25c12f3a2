#include "channels.h"

// Parts are merged as by Chan, Golub and LeVeque (1983): no large sums are subtracted from each other.
KERNEL(norm_stats)(GLOBAL float* RESTRICT means, GLOBAL float* RESTRICT squares, GLOBAL const real* RESTRICT x,
        int rows, int channels, int chunk) {
    SHARED float mean[LANES];
    SHARED float square[LANES];
    BY_LANES();
    int stride = stride_of(channels);
    int lanes = lanes_of(channels);
    int count = chunk_of(rows, channels, chunk);
    x += BLOCK_X * chunk * channels + BLOCK_Y * THREADS;
    FOR_LANES(l, lanes) {
        mean[l] = l < count ? LOAD(x, l) : 0.0f;
        square[l] = 0.0f;
    }
    int turn = 0;
    float taken = 0.0f;
    for (; turn + EACH * stride <= count; turn += EACH * stride) {
        float share = EACH / (taken + EACH);
        FOR_LANES(l, lanes) {
            // Distances from the mean so far are small, and so is what the sum of their squares must be corrected by.
            float sum = 0.0f;
            float next = 0.0f;
            UNROLL
            for (int j = 0; j < EACH; j++) {
                float apart = LOAD(x + turn + j * stride, l) - mean[l];
                sum += apart;
                next = FMA(apart, apart, next);
            }
            float step = sum * (1.0f / EACH) * share;
            mean[l] += step;
            square[l] += next - sum * step;
        }
        taken += EACH;
    }
    for (; turn < count; turn += stride) {
        int left = count - turn;
        float share = 1.0f / (taken + 1.0f);
        FOR_LANES(l, lanes < left ? lanes : left) {
            float apart = LOAD(x + turn, l) - mean[l];
            float step = apart * share;
            mean[l] += step;
            square[l] += apart * (apart - step);
        }
        taken += 1.0f;
    }
    SYNC_LANES();
    // The lanes of a block's first row take in what those below found; lanes of one row have as many rows each.
    int across = lanes < channels ? lanes : channels;
    float before = (float) ((count + stride - 1) / stride);
    for (int t = channels; t < lanes && t < count; t += channels) {
        float more = (float) ((count - t + stride - 1) / stride);
        float share = more / (before + more);
        FOR_LANES(l, across) {
            float apart = mean[t + l] - mean[l];
            float step = apart * share;
            mean[l] += step;
            square[l] += square[t + l] + apart * step * before;
        }
        before += more;
    }
    FOR_LANES(l, across) {
        int to = BLOCK_X * channels + BLOCK_Y * THREADS + l;
        means[to] = mean[l];
        squares[to] = square[l];
    }
}
