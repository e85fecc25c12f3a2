#include "portable.h"

KERNEL(norm_finish)(GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT invStd, GLOBAL float* RESTRICT runningMean,
        GLOBAL float* RESTRICT runningVar, GLOBAL const float* RESTRICT means, GLOBAL const float* RESTRICT squares,
        int rows, int channels, int chunk, float momentum, float epsilon) {
    SHARED float centre[LANES];
    SHARED float square[LANES];
    BY_LANES();
    int first = BLOCK_X * THREADS;
    int lanes = channels - first < THREADS ? channels - first : THREADS;
    FOR_LANES(l, lanes) {
        centre[l] = means[first + l];
        square[l] = squares[first + l];
    }
    // Chunks are merged as norm_stats merges their parts.
    for (int p = 1; p <= (rows - 1) / chunk; p++) {
        int at = p * channels + first;
        int before = p * chunk;
        int more = rows - before < chunk ? rows - before : chunk;
        float share = (float) more / (float) (before + more);
        FOR_LANES(l, lanes) {
            float apart = means[at + l] - centre[l];
            float step = apart * share;
            centre[l] += step;
            square[l] += squares[at + l] + apart * step * (float) before;
        }
    }
    FOR_LANES(l, lanes) {
        int c = first + l;
        float variance = square[l] / (float) rows;
        mean[c] = centre[l];
        invStd[c] = 1.0f / SQRT(variance + epsilon);
        runningMean[c] = momentum * runningMean[c] + (1.0f - momentum) * centre[l];
        runningVar[c] = momentum * runningVar[c] + (1.0f - momentum) * variance;
    }
}
