#include "clock.cuda.h"
#include "update.h"

typedef struct {
    float w;
    float velocity;
} Moved;

DEVICE Moved moved(float w, float velocity, float g, float rate, int nesterov, float momentum, float decay) {
    float pull = rate * g;
    float moving = momentum * velocity - pull;
    return {w - rate * decay * w + (nesterov ? momentum * moving - pull : moving), moving};
}

// A thread has four elements side by side.
KERNEL(sgd)(GLOBAL float* RESTRICT w, GLOBAL float* RESTRICT velocity, SHADOW GLOBAL int* RESTRICT next,
        GLOBAL const float* RESTRICT g, GLOBAL const float* RESTRICT rates, GLOBAL const int* RESTRICT clock,
        int count, int nesterov, float momentum, float decay) {
    put_clock(next, clock, 1);
    float rate = learning_rate(rates, clock);
    int first = GLOBAL_THREAD * 4;
    if (first + 4 <= count) {
        Four weight = four_of(w, first);
        Four speed = four_of(velocity, first);
        Four gradient = four_of(g, first);
        UNROLL
        for (int k = 0; k < 4; k++) {
            Moved m = moved(weight.at[k], speed.at[k], gradient.at[k], rate, nesterov, momentum, decay);
            weight.at[k] = m.w;
            speed.at[k] = m.velocity;
        }
        put_four(velocity, first, speed);
        put_four(w, first, weight);
#ifdef REAL_BF16
        put_four(shadow, first, weight);
#endif
    } else {
        for (int i = first; i < count; i++) {
            Moved m = moved(w[i], velocity[i], g[i], rate, nesterov, momentum, decay);
            velocity[i] = m.velocity;
            STORE_WEIGHT(i, m.w);
        }
    }
}
