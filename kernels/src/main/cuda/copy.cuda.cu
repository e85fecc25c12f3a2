#include "vectors.cuda.h"

KERNEL(copy)(GLOBAL float* y, GLOBAL const float* x, int count) {
    int first = GLOBAL_THREAD * PACK;
    put_pack(y, first, count, pack_of(x, first, count));
}
