#include "elements.h"

KERNEL(leaky_relu_fwd)(GLOBAL real* y, GLOBAL const real* x, int count, float slope) {
    FOR_ELEMENTS(i, count, {
        float value = LOAD(x, i);
        STORE(y, i, value > 0.0f ? value : slope * value);
    })
}

KERNEL(leaky_relu_bwd)(GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* x, int count, float slope) {
    FOR_ELEMENTS(i, count, {
        STORE(dx, i, LOAD(x, i) > 0.0f ? LOAD(dy, i) : slope * LOAD(dy, i));
    })
}
