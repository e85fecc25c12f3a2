#include "vectors.cuda.h"

KERNEL(relu_fwd)(GLOBAL real* y, GLOBAL const real* x, int count) {
    int first = GLOBAL_THREAD * PACK;
    Pack pack = pack_of(x, first, count);
    UNROLL
    for (int k = 0; k < PACK; k++) {
        pack.at[k] = MAX(pack.at[k], 0.0f);
    }
    put_pack(y, first, count, pack);
}

KERNEL(relu_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* y, int count) {
    int first = GLOBAL_THREAD * PACK;
    Pack gradient = pack_of(dy, first, count);
    Pack result = pack_of(y, first, count);
    UNROLL
    for (int k = 0; k < PACK; k++) {
        gradient.at[k] = result.at[k] > 0.0f ? gradient.at[k] : 0.0f;
    }
    put_pack(dx, first, count, gradient);
}
