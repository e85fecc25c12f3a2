#include "portable.h"

KERNEL(relu_fwd)(GLOBAL real* y, GLOBAL const real* x, int count) {
    int i = GLOBAL_THREAD;
    if (i < count) {
        STORE(y, i, MAX(LOAD(x, i), 0.0f));
    }
}

KERNEL(relu_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* y, int count) {
    int i = GLOBAL_THREAD;
    if (i < count) {
        STORE(dx, i, LOAD(y, i) > 0.0f ? LOAD(dy, i) : 0.0f);
    }
}
