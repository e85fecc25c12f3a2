#include "clock.h"

// What a look at a row of logits tells; all differences are from the largest.
typedef struct {
    float largest;
    int place;
    float exponentials;
    float differences;
    float of_label;
} RowSums;

// The first among equals is the largest; a label that is no class reads nothing.
DEVICE RowSums look_at(GLOBAL const real* row, int classes, int label) {
    RowSums sums;
    sums.largest = LOAD(row, 0);
    sums.place = 0;
    for (int c = 1; c < classes; c++) {
        float logit = LOAD(row, c);
        if (logit > sums.largest) {
            sums.largest = logit;
            sums.place = c;
        }
    }
    sums.exponentials = 0.0f;
    sums.differences = 0.0f;
    sums.of_label = 0.0f;
    for (int c = 0; c < classes; c++) {
        float difference = LOAD(row, c) - sums.largest;
        sums.exponentials += EXP(difference);
        sums.differences += difference;
        sums.of_label += c == label ? difference : 0.0f;
    }
    return sums;
}

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
    float rest = smoothing / (float) classes;
    float loss = 0.0f;
    int hit = 0;
    for (int i = THREAD; i < batch; i += THREADS) {
        GLOBAL const real* row = logits + i * classes;
        GLOBAL real* gradient = dlogits + i * classes;
        if (i < valid) {
            int label = labels[i];
            RowSums sums = look_at(row, classes, label);
            loss += LOG(sums.exponentials) - (1.0f - smoothing) * sums.of_label - rest * sums.differences;
            hit += sums.place == label ? 1 : 0;
            for (int c = 0; c < classes; c++) {
                float probability = EXP(LOAD(row, c) - sums.largest) / sums.exponentials;
                float target = (c == label ? 1.0f - smoothing : 0.0f) + rest;
                STORE(gradient, c, (probability - target) / (float) valid);
            }
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
        GLOBAL const real* row = logits + i * classes;
        GLOBAL float* softmax = probabilities + i * classes;
        if (i < valid) {
            int label = labels[i];
            RowSums sums = look_at(row, classes, label);
            loss += LOG(sums.exponentials) - sums.of_label;
            hit += sums.place == label ? 1 : 0;
            for (int c = 0; c < classes; c++) {
                softmax[c] = EXP(LOAD(row, c) - sums.largest) / sums.exponentials;
            }
        } else {
            for (int c = 0; c < classes; c++) {
                softmax[c] = 0.0f;
            }
        }
    }
    put_record(record, clock, losses, hits, loss, hit);
}
