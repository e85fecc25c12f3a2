#include "clock.h"
#include "softmax.h"

// Adds the threads' shares up, halves onto halves: in one order, whatever device. The block has a power of two threads.
DEVICE void put_record(GLOBAL float* record, GLOBAL const int* clock, IN_SHARED float* losses, IN_SHARED int* hits, float loss, int hit) {
    losses[THREAD] = loss;
    hits[THREAD] = hit;
    for (int left = THREADS / 2; left > 0; left /= 2) {
        SYNC();
        if (THREAD < left) {
            losses[THREAD] += losses[THREAD + left];
            hits[THREAD] += hits[THREAD + left];
        }
    }
    if (THREAD == 0) {
        record[2 * clock[CLOCK_STEP]] = losses[0];
        record[2 * clock[CLOCK_STEP] + 1] = (float) hits[0];
    }
}

KERNEL(softmax_xent)(GLOBAL real* dlogits, GLOBAL float* record,
        GLOBAL const real* logits, GLOBAL const int* labels, GLOBAL const int* clock,
        int total, int stride, int batch, int classes, float smoothing) {
    SHARED float losses[BLOCK_THREADS];
    SHARED int hits[BLOCK_THREADS];
    int valid = valid_rows(clock, total, stride, batch);
    float loss = 0.0f;
    int hit = 0;
    for (int i = THREAD; i < batch; i += THREADS) {
        GLOBAL real* gradient = dlogits + i * classes;
        if (i < valid) {
            Verdict verdict = train_row(gradient, logits + i * classes, classes, labels[i], valid, smoothing);
            loss += verdict.loss;
            hit += verdict.hit;
        } else {
            for (int c = 0; c < classes; c++) {
                STORE(gradient, c, 0.0f);
            }
        }
    }
    put_record(record, clock, losses, hits, loss, hit);
}

KERNEL(softmax_xent_fwd)(GLOBAL float* probabilities, GLOBAL float* record,
        GLOBAL const real* logits, GLOBAL const int* labels, GLOBAL const int* clock,
        int total, int stride, int batch, int classes) {
    SHARED float losses[BLOCK_THREADS];
    SHARED int hits[BLOCK_THREADS];
    int valid = valid_rows(clock, total, stride, batch);
    float loss = 0.0f;
    int hit = 0;
    for (int i = THREAD; i < batch; i += THREADS) {
        GLOBAL float* softmax = probabilities + i * classes;
        if (i < valid) {
            Verdict verdict = eval_row(softmax, logits + i * classes, classes, labels[i]);
            loss += verdict.loss;
            hit += verdict.hit;
        } else {
            for (int c = 0; c < classes; c++) {
                softmax[c] = 0.0f;
            }
        }
    }
    put_record(record, clock, losses, hits, loss, hit);
}
