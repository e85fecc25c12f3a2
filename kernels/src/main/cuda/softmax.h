// Softmax and cross-entropy of one row of logits, whatever the number of classes.

#ifndef JENGINE_SOFTMAX_H
#define JENGINE_SOFTMAX_H

#include "portable.h"

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

// What a row adds to the record.
typedef struct {
    float loss;
    int hit;
} Verdict;

DEVICE Verdict train_row(GLOBAL real* gradient, GLOBAL const real* row, int classes, int label, int valid, float smoothing) {
    float rest = smoothing / (float) classes;
    RowSums sums = look_at(row, classes, label);
    for (int c = 0; c < classes; c++) {
        float probability = EXP(LOAD(row, c) - sums.largest) / sums.exponentials;
        float target = (c == label ? 1.0f - smoothing : 0.0f) + rest;
        STORE(gradient, c, (probability - target) / (float) valid);
    }
    Verdict verdict;
    verdict.loss = LOG(sums.exponentials) - (1.0f - smoothing) * sums.of_label - rest * sums.differences;
    verdict.hit = sums.place == label ? 1 : 0;
    return verdict;
}

DEVICE Verdict eval_row(GLOBAL float* softmax, GLOBAL const real* row, int classes, int label) {
    RowSums sums = look_at(row, classes, label);
    for (int c = 0; c < classes; c++) {
        softmax[c] = EXP(LOAD(row, c) - sums.largest) / sums.exponentials;
    }
    Verdict verdict;
    verdict.loss = LOG(sums.exponentials) - sums.of_label;
    verdict.hit = sums.place == label ? 1 : 0;
    return verdict;
}

#endif
