#include "channels.h"
#include "dropout.h"

KERNEL(norm_grads)(GLOBAL float* RESTRICT gammas, GLOBAL float* RESTRICT betas, GLOBAL const real* RESTRICT dy,
        GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int rows, int channels, int chunk, int layer, float rate) {
    SHARED float gamma[LANES];
    SHARED float beta[LANES];
    SHARED float centre[LANES];
    BY_LANES();
    int stride = stride_of(channels);
    int lanes = lanes_of(channels);
    int across = lanes < channels ? lanes : channels;
    int count = chunk_of(rows, channels, chunk);
    int base = BLOCK_X * chunk * channels + BLOCK_Y * THREADS;
    mean += BLOCK_Y * THREADS;
    invStd += BLOCK_Y * THREADS;
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    FOR_LANES(l, lanes) {
        gamma[l] = 0.0f;
        beta[l] = 0.0f;
        centre[l] = mean[l % channels];
    }
    int turn = base;
    int end = base + count;
    for (; turn + EACH * stride <= end; turn += EACH * stride) {
        FOR_LANES(l, lanes) {
            float nextGamma = 0.0f;
            float nextBeta = 0.0f;
            u32 bits = kept(turn + l, stride, EACH, &drop);
            UNROLL
            for (int j = 0; j < EACH; j++) {
                int at = turn + j * stride + l;
                float d = dropped(LOAD(dy, at), bits, j, &drop);
                nextGamma = FMA(d, LOAD(x, at) - centre[l], nextGamma);
                nextBeta += d;
            }
            gamma[l] += nextGamma;
            beta[l] += nextBeta;
        }
    }
    for (; turn < end; turn += stride) {
        int left = end - turn;
        FOR_LANES(l, lanes < left ? lanes : left) {
            int at = turn + l;
            u32 bits = kept(at, 0, 1, &drop);
            float d = dropped(LOAD(dy, at), bits, 0, &drop);
            gamma[l] = FMA(d, LOAD(x, at) - centre[l], gamma[l]);
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
