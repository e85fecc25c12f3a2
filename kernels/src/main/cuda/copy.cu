#include "elements.h"
KERNEL(copy)(GLOBAL float* y, GLOBAL const float* x, int count) {
    FOR_ELEMENTS(i, count, {
        y[i] = x[i];
    })
}
