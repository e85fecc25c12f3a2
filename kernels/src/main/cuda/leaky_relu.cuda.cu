#include "vectors.cuda.h"

KERNEL(leaky_relu_fwd)(GLOBAL real* y, GLOBAL const real* x, int count, float slope) {
    int first = GLOBAL_THREAD * PACK;
    Pack pack = pack_of(x, first, count);
    UNROLL
    for (int k = 0; k < PACK; k++) {
        pack.at[k] = pack.at[k] > 0.0f ? pack.at[k] : slope * pack.at[k];
    }
    put_pack(y, first, count, pack);
}

KERNEL(leaky_relu_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* x, int count, float slope) {
    int first = GLOBAL_THREAD * PACK;
    Pack gradient = pack_of(dy, first, count);
    Pack input = pack_of(x, first, count);
    UNROLL
    for (int k = 0; k < PACK; k++) {
        gradient.at[k] = input.at[k] > 0.0f ? gradient.at[k] : slope * gradient.at[k];
    }
    put_pack(dx, first, count, gradient);
}
