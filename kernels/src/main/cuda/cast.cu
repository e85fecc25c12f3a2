#include "elements.h"

KERNEL(cast)(GLOBAL real* y, GLOBAL const float* x, int count) {
    FOR_ELEMENTS(i, count, {
        STORE(y, i, x[i]);
    })
}
