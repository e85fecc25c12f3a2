#include "elements.h"
#include "activation.h"

KERNEL(bias_act)(GLOBAL real* y, GLOBAL const float* RESTRICT bias, int rows, int cols, int activation) {
    FOR_ELEMENTS(i, rows * cols, {
        STORE(y, i, activated(LOAD(y, i) + bias[i % cols], activation));
    })
}
