#include "update.h"

KERNEL(rmsprop)(GLOBAL float* RESTRICT w, GLOBAL float* RESTRICT square, SHADOW GLOBAL int* RESTRICT next,
        GLOBAL const float* RESTRICT g, GLOBAL const float* RESTRICT rates, GLOBAL const int* RESTRICT clock,
        int count, float rho, float epsilon, float decay) {
    if (GLOBAL_THREAD == 0) {
        put_next(next, clock);
    }
    float rate = learning_rate(rates, clock);
    FOR_ELEMENTS(i, count, {
        float mean = rho * square[i] + (1.0f - rho) * g[i] * g[i];
        square[i] = mean;
        STORE_WEIGHT(i, w[i] - rate * decay * w[i] - rate * g[i] / SQRT(mean + epsilon));
    })
}
