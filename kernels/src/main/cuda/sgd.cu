#include "update.h"

KERNEL(sgd)(GLOBAL float* RESTRICT w, GLOBAL float* RESTRICT velocity, SHADOW GLOBAL int* RESTRICT next,
        GLOBAL const float* RESTRICT g, GLOBAL const float* RESTRICT rates, GLOBAL const int* RESTRICT clock,
        int count, int nesterov, float momentum, float decay) {
    if (GLOBAL_THREAD == 0) {
        put_next(next, clock);
    }
    float rate = learning_rate(rates, clock);
    FOR_ELEMENTS(i, count, {
        float pull = rate * g[i];
        float moving = momentum * velocity[i] - pull;
        velocity[i] = moving;
        STORE_WEIGHT(i, w[i] - rate * decay * w[i] + (nesterov ? momentum * moving - pull : moving));
    })
}
