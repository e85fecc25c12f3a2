#include "channels.h"

KERNEL(norm_grads)(GLOBAL float* RESTRICT gammas, GLOBAL float* RESTRICT betas, GLOBAL const real* RESTRICT dy,
        GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        int rows, int channels, int chunk) {
    SHARED float gamma[LANES];
    SHARED float beta[LANES];
    SHARED float centre[LANES];
    BY_LANES();
    int stride = stride_of(channels);
    int lanes = lanes_of(channels);
    int across = lanes < channels ? lanes : channels;
    int count = chunk_of(rows, channels, chunk);
    dy += BLOCK_X * chunk * channels + BLOCK_Y * THREADS;
    x += BLOCK_X * chunk * channels + BLOCK_Y * THREADS;
    mean += BLOCK_Y * THREADS;
    invStd += BLOCK_Y * THREADS;
    FOR_LANES(l, lanes) {
        gamma[l] = 0.0f;
        beta[l] = 0.0f;
        centre[l] = mean[l % channels];
    }
    int turn = 0;
    for (; turn + EACH * stride <= count; turn += EACH * stride) {
        FOR_LANES(l, lanes) {
            float nextGamma = 0.0f;
            float nextBeta = 0.0f;
            UNROLL
            for (int j = 0; j < EACH; j++) {
                float d = LOAD(dy + turn + j * stride, l);
                nextGamma = FMA(d, LOAD(x + turn + j * stride, l) - centre[l], nextGamma);
                nextBeta += d;
            }
            gamma[l] += nextGamma;
            beta[l] += nextBeta;
        }
    }
    for (; turn < count; turn += stride) {
        int left = count - turn;
        FOR_LANES(l, lanes < left ? lanes : left) {
            float d = LOAD(dy + turn, l);
            gamma[l] = FMA(d, LOAD(x + turn, l) - centre[l], gamma[l]);
            beta[l] += d;
        }
    }
    SYNC_LANES();
    // The lanes of a block's first row add what those below found.
    for (int t = channels; t < lanes; t += channels) {
        FOR_LANES(l, across) {
            gamma[l] += gamma[t + l];
            beta[l] += beta[t + l];
        }
    }
    FOR_LANES(l, across) {
        int to = BLOCK_X * channels + BLOCK_Y * THREADS + l;
        gammas[to] = gamma[l] * invStd[l];
        betas[to] = beta[l];
    }
}
