#include "clock.cuda.h"
#include "update.h"

// 1 - beta^t = 2 tanh(-x / 2) / (1 + tanh(-x / 2)) with x = t log(beta): the difference itself would lose its digits in the first steps.
DEVICE float one_minus_power(float beta, float t) {
    float h = TANH(-0.5f * t * LOG(beta));
    return 2.0f * h / (1.0f + h);
}

DEVICE void moments(float* m, float* v, float g, float beta1, float beta2) {
    *m += (g - *m) * (1.0f - beta1);
    *v += (g * g - *v) * (1.0f - beta2);
}

DEVICE float updated(float w, float m, float v, float rate, float alpha, float epsilon, float decay) {
    return w - rate * decay * w - alpha * m / (SQRT(v) + epsilon);
}

// A thread has four elements side by side. While they come, the block's first warp works out what the step is to all of them.
KERNEL(adam)(GLOBAL float* RESTRICT w, GLOBAL float* RESTRICT m, GLOBAL float* RESTRICT v, SHADOW GLOBAL int* RESTRICT next,
        GLOBAL const float* RESTRICT g, GLOBAL const float* RESTRICT rates, GLOBAL const int* RESTRICT clock,
        int count, float beta1, float beta2, float epsilon, float decay) {
    put_clock(next, clock, 1);
    // A copy for each lane of a warp: a lane that stores alone would part from the others.
    SHARED float step_rate[WARP];
    SHARED float step_alpha[WARP];
    int first = GLOBAL_THREAD * 4;
    bool whole = first + 4 <= count;
    Four weight, mean, square, gradient;
    if (whole) {
        weight = four_of(w, first);
        mean = four_of(m, first);
        square = four_of(v, first);
        gradient = four_of(g, first);
    }
    if (THREAD < WARP) {
        float t = (float) (clock[CLOCK_UPDATES] + 1);
        step_rate[THREAD] = learning_rate(rates, clock);
        step_alpha[THREAD] = step_rate[THREAD] * SQRT(one_minus_power(beta2, t)) / one_minus_power(beta1, t);
    }
    SYNC();
    float rate = step_rate[0];
    float alpha = step_alpha[0];
    if (whole) {
        UNROLL
        for (int k = 0; k < 4; k++) {
            moments(&mean.at[k], &square.at[k], gradient.at[k], beta1, beta2);
            weight.at[k] = updated(weight.at[k], mean.at[k], square.at[k], rate, alpha, epsilon, decay);
        }
        put_four(m, first, mean);
        put_four(v, first, square);
        put_four(w, first, weight);
#ifdef REAL_BF16
        put_four(shadow, first, weight);
#endif
    } else {
        for (int i = first; i < count; i++) {
            moments(&m[i], &v[i], g[i], beta1, beta2);
            STORE_WEIGHT(i, updated(w[i], m[i], v[i], rate, alpha, epsilon, decay));
        }
    }
}
