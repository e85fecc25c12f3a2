#include "elements.h"

KERNEL(copy)(GLOBAL float* RESTRICT y, GLOBAL const float* RESTRICT x, int count) {
    FOR_ELEMENTS(i, count, {
        y[i] = x[i];
    })
}
