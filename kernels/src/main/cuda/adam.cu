#include "update.h"

// 1 - beta^t = 2 tanh(-x / 2) / (1 + tanh(-x / 2)) with x = t log(beta): the difference itself would lose its digits in the first steps.
DEVICE float one_minus_power(float beta, float t) {
    float h = TANH(-0.5f * t * LOG(beta));
    return 2.0f * h / (1.0f + h);
}

KERNEL(adam)(GLOBAL float* RESTRICT w, GLOBAL float* RESTRICT m, GLOBAL float* RESTRICT v, SHADOW GLOBAL int* RESTRICT next,
        GLOBAL const float* RESTRICT g, GLOBAL const float* RESTRICT rates, GLOBAL const int* RESTRICT clock,
        int count, float beta1, float beta2, float epsilon, float decay) {
    if (GLOBAL_THREAD == 0) {
        put_next(next, clock);
    }
    float rate = learning_rate(rates, clock);
    float t = (float) (clock[CLOCK_UPDATES] + 1);
    float alpha = rate * SQRT(one_minus_power(beta2, t)) / one_minus_power(beta1, t);
    FOR_ELEMENTS(i, count, {
        float mean = m[i] + (g[i] - m[i]) * (1.0f - beta1);
        float square = v[i] + (g[i] * g[i] - v[i]) * (1.0f - beta2);
        m[i] = mean;
        v[i] = square;
        STORE_WEIGHT(i, w[i] - rate * decay * w[i] - alpha * mean / (SQRT(square) + epsilon));
    })
}
