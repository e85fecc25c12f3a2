#include "portable.h"

// Threads side by side own channels side by side, and go down EACH rows, the last one again where there are no more: nothing but the
// channel depends on the thread, so that a CPU's compiler makes vectors of a block.
DEVICE int row_of(int j, int rows) {
    int row = BLOCK_X * EACH + j;
    return row < rows ? row : rows - 1;
}

KERNEL(norm_fwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT gamma,
        GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        int rows, int channels) {
    int c = BLOCK_Y * THREADS + THREAD;
    float scale = gamma[c] * invStd[c];
    float shift = beta[c];
    float centre = mean[c];
    UNROLL
    for (int j = 0; j < EACH; j++) {
        int row = row_of(j, rows) * channels;
        STORE(y + row, c, FMA(LOAD(x + row, c) - centre, scale, shift));
    }
}

KERNEL(norm_bwd)(GLOBAL real* RESTRICT dx, GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT x,
        GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        GLOBAL const float* RESTRICT dgamma, GLOBAL const float* RESTRICT dbeta, int rows, int channels) {
    int c = BLOCK_Y * THREADS + THREAD;
    float share = 1.0f / (float) rows;
    float scale = gamma[c] * invStd[c];
    float centre = mean[c];
    float slope = invStd[c] * dgamma[c] * share;
    float shift = dbeta[c] * share;
    UNROLL
    for (int j = 0; j < EACH; j++) {
        int row = row_of(j, rows) * channels;
        STORE(dx + row, c, scale * (LOAD(dy + row, c) - shift - (LOAD(x + row, c) - centre) * slope));
    }
}
