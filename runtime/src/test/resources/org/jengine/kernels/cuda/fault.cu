#include "portable.h"

// Kernels with one fault each, which the checks must report. Each is launched with one block, and should write y[i] = x[i].

KERNEL(fault_read_behind_the_end)(GLOBAL float* y, GLOBAL const float* x, int count) {
    y[THREAD] = x[THREAD] + 0.0f * x[THREAD + 1];
}

KERNEL(fault_write_behind_the_end)(GLOBAL float* y, GLOBAL const float* x, int count) {
    y[THREAD] = x[THREAD];
    y[THREAD + 1] = x[THREAD];
}

KERNEL(fault_shared_without_sync)(GLOBAL float* y, GLOBAL const float* x, int count) {
    SHARED float kept[COUNT];
    kept[THREAD] = x[THREAD];
    y[THREAD] = kept[THREAD] + 0.0f * kept[(THREAD + 1) % THREADS];
}

KERNEL(fault_two_write_one_place)(GLOBAL float* y, GLOBAL const float* x, int count) {
    y[THREAD / 2] = x[THREAD];
}

KERNEL(fault_never_written)(GLOBAL float* y, GLOBAL const float* x, int count) {
    SHARED float kept[COUNT];
    if (THREAD > 0) {
        kept[THREAD] = x[THREAD];
    }
    SYNC();
    y[THREAD] = kept[THREAD] > 0.0f ? x[THREAD] : kept[THREAD];
}

KERNEL(fault_output_read)(GLOBAL float* y, GLOBAL const float* x, int count) {
    y[THREAD] = y[THREAD] > 0.0f ? x[THREAD] : 0.0f;
}

KERNEL(fault_sync_of_some)(GLOBAL float* y, GLOBAL const float* x, int count) {
    if (THREAD > 0) {
        SYNC();
    }
    y[THREAD] = x[THREAD];
}

KERNEL(fault_wrong_result)(GLOBAL float* y, GLOBAL const float* x, int count) {
    y[THREAD] = x[THREAD] + 1.0f;
}
