#include "clock.h"
#include "softmax.h"
#include "vectors.cuda.h"

// Ten classes, as all our nets have: a thread keeps its row in registers, and the rows come and go through shared memory, where they lie
// as in the buffers: in order, so that every sector moves once. A row of ten is read two elements at a time: words 10 apart in pairs,
// or words 5 apart, and so without conflicts of banks. Other numbers of classes are left to the portable loop.

#define CLASSES 10

typedef struct {
    float at[CLASSES];
} Ten;

DEVICE Ten ten_of(const float* row) {
    Ten ten;
    UNROLL
    for (int c = 0; c < CLASSES; c += 2) {
        float2 two = *(const float2*) (row + c);
        ten.at[c] = two.x;
        ten.at[c + 1] = two.y;
    }
    return ten;
}

DEVICE Ten ten_of(const u16* row) {
    Ten ten;
    UNROLL
    for (int c = 0; c < CLASSES; c += 2) {
        u32 two = *(const u32*) (row + c);
        ten.at[c] = low_bf16(two);
        ten.at[c + 1] = high_bf16(two);
    }
    return ten;
}

DEVICE void put_ten(float* row, Ten ten) {
    UNROLL
    for (int c = 0; c < CLASSES; c += 2) {
        *(float2*) (row + c) = make_float2(ten.at[c], ten.at[c + 1]);
    }
}

DEVICE void put_ten(u16* row, Ten ten) {
    UNROLL
    for (int c = 0; c < CLASSES; c += 2) {
        *(u32*) (row + c) = two_bf16(ten.at[c], ten.at[c + 1]);
    }
}

// Turns logits into probabilities; `differences` and `of_label` as in look_at.
DEVICE Verdict softmax(Ten* ten, int label, float smoothing) {
    float largest = ten->at[0];
    int place = 0;
    UNROLL
    for (int c = 1; c < CLASSES; c++) {
        place = ten->at[c] > largest ? c : place;
        largest = MAX(ten->at[c], largest);
    }
    float exponentials = 0.0f;
    float differences = 0.0f;
    float of_label = 0.0f;
    UNROLL
    for (int c = 0; c < CLASSES; c++) {
        float difference = ten->at[c] - largest;
        ten->at[c] = EXP(difference);
        exponentials += ten->at[c];
        differences += difference;
        of_label += c == label ? difference : 0.0f;
    }
    float share = 1.0f / exponentials;
    UNROLL
    for (int c = 0; c < CLASSES; c++) {
        ten->at[c] *= share;
    }
    return {LOG(exponentials) - (1.0f - smoothing) * of_label - smoothing / CLASSES * differences, place == label ? 1 : 0};
}

// Adds the threads' shares up, in one order; the first lane writes.
DEVICE void put_record(float* record, const int* clock, float loss, int hit) {
    SHARED float losses[BLOCK_THREADS];
    SHARED int hits[BLOCK_THREADS];
    losses[THREAD] = loss;
    hits[THREAD] = hit;
    SYNC();
    if (THREAD < WARP) {
        for (int t = THREAD + WARP; t < BLOCK_THREADS; t += WARP) {
            loss += losses[t];
            hit += hits[t];
        }
        for (int apart = WARP / 2; apart > 0; apart /= 2) {
            loss += __shfl_xor_sync(0xffffffffu, loss, apart);
            hit += __shfl_xor_sync(0xffffffffu, hit, apart);
        }
        float* to = record + 2 * clock[CLOCK_STEP];
        store_if(THREAD == 0, to, loss);
        store_if(THREAD == 0, to + 1, (float) hit);
    }
}

KERNEL(softmax_xent)(GLOBAL real* dlogits, GLOBAL float* record,
        GLOBAL const real* logits, GLOBAL const int* labels, GLOBAL const int* clock,
        int total, int stride, int batch, int classes, float smoothing) {
    SHARED __align__(16) real rows[BLOCK_THREADS * CLASSES];
    int valid = valid_rows(clock, total, stride, batch);
    float loss = 0.0f;
    int hit = 0;
    for (int first = 0; first < batch; first += BLOCK_THREADS) {
        int i = first + THREAD;
        int label = i < valid ? labels[i] : -1;
        Verdict verdict = {0.0f, 0};
        if (classes != CLASSES) {
            if (i < valid) {
                verdict = train_row(dlogits + i * classes, logits + i * classes, classes, label, valid, smoothing);
            } else if (i < batch) {
                for (int c = 0; c < classes; c++) {
                    STORE(dlogits + i * classes, c, 0.0f);
                }
            }
        } else {
            int count = (batch - first < BLOCK_THREADS ? batch - first : BLOCK_THREADS) * CLASSES;
            copy_all(rows, logits + first * CLASSES, count);
            SYNC();
            Ten ten = {0.0f};
            if (i < valid) {
                ten = ten_of(rows + THREAD * CLASSES);
                verdict = softmax(&ten, label, smoothing);
                float share = 1.0f / (float) valid;
                float rest = smoothing / CLASSES;
                UNROLL
                for (int c = 0; c < CLASSES; c++) {
                    ten.at[c] = (ten.at[c] - (c == label ? 1.0f - smoothing + rest : rest)) * share;
                }
            }
            put_ten(rows + THREAD * CLASSES, ten);
            SYNC();
            copy_all(dlogits + first * CLASSES, rows, count);
            SYNC();
        }
        loss += verdict.loss;
        hit += verdict.hit;
    }
    put_record(record, clock, loss, hit);
}

KERNEL(softmax_xent_fwd)(GLOBAL float* probabilities, GLOBAL float* record,
        GLOBAL const real* logits, GLOBAL const int* labels, GLOBAL const int* clock,
        int total, int stride, int batch, int classes) {
    SHARED __align__(16) real rows[BLOCK_THREADS * CLASSES];
    SHARED __align__(16) float results[BLOCK_THREADS * CLASSES];
    int valid = valid_rows(clock, total, stride, batch);
    float loss = 0.0f;
    int hit = 0;
    for (int first = 0; first < batch; first += BLOCK_THREADS) {
        int i = first + THREAD;
        int label = i < valid ? labels[i] : -1;
        Verdict verdict = {0.0f, 0};
        if (classes != CLASSES) {
            if (i < valid) {
                verdict = eval_row(probabilities + i * classes, logits + i * classes, classes, label);
            } else if (i < batch) {
                for (int c = 0; c < classes; c++) {
                    probabilities[i * classes + c] = 0.0f;
                }
            }
        } else {
            int count = (batch - first < BLOCK_THREADS ? batch - first : BLOCK_THREADS) * CLASSES;
            copy_all(rows, logits + first * CLASSES, count);
            SYNC();
            Ten ten = {0.0f};
            if (i < valid) {
                ten = ten_of(rows + THREAD * CLASSES);
                verdict = softmax(&ten, label, 0.0f);
            }
            put_ten(results + THREAD * CLASSES, ten);
            SYNC();
            copy_all(probabilities + first * CLASSES, results, count);
            SYNC();
        }
        loss += verdict.loss;
        hit += verdict.hit;
    }
    put_record(record, clock, loss, hit);
}
