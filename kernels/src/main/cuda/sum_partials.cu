#include "portable.h"

KERNEL(sum_partials)(GLOBAL float* RESTRICT y, GLOBAL const float* RESTRICT x, int count, int parts) {
    SHARED float sum[LANES];
    BY_LANES();
    int first = BLOCK_X * THREADS;
    int lanes = count - first < THREADS ? count - first : THREADS;
    x += first;
    FOR_LANES(l, lanes) {
        sum[l] = 0.0f;
    }
    int p = 0;
    for (; p + EACH <= parts; p += EACH) {
        FOR_LANES(l, lanes) {
            float next = sum[l];
            UNROLL
            for (int j = 0; j < EACH; j++) {
                next += x[(p + j) * count + l];
            }
            sum[l] = next;
        }
    }
    for (; p < parts; p++) {
        FOR_LANES(l, lanes) {
            sum[l] += x[p * count + l];
        }
    }
    FOR_LANES(l, lanes) {
        y[first + l] = sum[l];
    }
}
