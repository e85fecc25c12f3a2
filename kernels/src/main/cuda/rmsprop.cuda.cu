#include "clock.cuda.h"
#include "update.h"

typedef struct {
    float w;
    float square;
} Scaled;

DEVICE Scaled scaled(float w, float square, float g, float rate, float rho, float epsilon, float decay) {
    float mean = rho * square + (1.0f - rho) * g * g;
    return {w - rate * decay * w - rate * g / SQRT(mean + epsilon), mean};
}

// A thread has four elements side by side.
KERNEL(rmsprop)(GLOBAL float* RESTRICT w, GLOBAL float* RESTRICT square, SHADOW GLOBAL int* RESTRICT next,
        GLOBAL const float* RESTRICT g, GLOBAL const float* RESTRICT rates, GLOBAL const int* RESTRICT clock,
        int count, float rho, float epsilon, float decay) {
    put_clock(next, clock, 1);
    float rate = learning_rate(rates, clock);
    int first = GLOBAL_THREAD * 4;
    if (first + 4 <= count) {
        Four weight = four_of(w, first);
        Four mean = four_of(square, first);
        Four gradient = four_of(g, first);
        UNROLL
        for (int k = 0; k < 4; k++) {
            Scaled s = scaled(weight.at[k], mean.at[k], gradient.at[k], rate, rho, epsilon, decay);
            weight.at[k] = s.w;
            mean.at[k] = s.square;
        }
        put_four(square, first, mean);
        put_four(w, first, weight);
#ifdef REAL_BF16
        put_four(shadow, first, weight);
#endif
    } else {
        for (int i = first; i < count; i++) {
            Scaled s = scaled(w[i], square[i], g[i], rate, rho, epsilon, decay);
            square[i] = s.square;
            STORE_WEIGHT(i, s.w);
        }
    }
}
