#include "channels.h"

KERNEL(column_sums)(GLOBAL float* RESTRICT sums, GLOBAL const real* RESTRICT x, int rows, int channels, int chunk) {
    SHARED float sum[LANES];
    BY_LANES();
    int stride = stride_of(channels);
    int lanes = lanes_of(channels);
    int count = chunk_of(rows, channels, chunk);
    x += BLOCK_X * chunk * channels + BLOCK_Y * THREADS;
    FOR_LANES(l, lanes) {
        sum[l] = 0.0f;
    }
    int turn = 0;
    for (; turn + EACH * stride <= count; turn += EACH * stride) {
        FOR_LANES(l, lanes) {
            float next = 0.0f;
            UNROLL
            for (int j = 0; j < EACH; j++) {
                next += LOAD(x + turn + j * stride, l);
            }
            sum[l] += next;
        }
    }
    for (; turn < count; turn += stride) {
        int left = count - turn;
        FOR_LANES(l, lanes < left ? lanes : left) {
            sum[l] += LOAD(x + turn, l);
        }
    }
    SYNC_LANES();
    // The lanes of a block's first row add what those below found.
    int across = lanes < channels ? lanes : channels;
    for (int t = channels; t < lanes; t += channels) {
        FOR_LANES(l, across) {
            sum[l] += sum[t + l];
        }
    }
    FOR_LANES(l, across) {
        sums[BLOCK_X * channels + BLOCK_Y * THREADS + l] = sum[l];
    }
}
