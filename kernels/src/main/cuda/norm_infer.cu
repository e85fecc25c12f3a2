#include "portable.h"

// As norm_fwd.
KERNEL(norm_infer)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT gamma,
        GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT variance,
        int rows, int channels, float epsilon) {
    int c = BLOCK_Y * THREADS + THREAD;
    float scale = gamma[c] / SQRT(variance[c] + epsilon);
    float shift = beta[c];
    float centre = mean[c];
    UNROLL
    for (int j = 0; j < EACH; j++) {
        int row = BLOCK_X * EACH + j < rows ? BLOCK_X * EACH + j : rows - 1;
        STORE(y + row * channels, c, FMA(LOAD(x + row * channels, c) - centre, scale, shift));
    }
}
