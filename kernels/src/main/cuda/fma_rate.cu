#include "portable.h"

// As many multiplications and additions as a thread can do: CHAINS of them, independent, in registers. Factor and summand come from
// memory, or the compiler would know the end of the chains; each chain is stored, side by side, since that is what makes compilers for
// CPUs take vectors for them.
KERNEL(fma_rate)(GLOBAL float* RESTRICT y, GLOBAL const float* RESTRICT x, int count, int turns) {
    int thread = GLOBAL_THREAD;
    if (thread >= count) {
        return;
    }
    float factor = x[0];
    float summand = x[1];
    float acc[CHAINS];
    UNROLL for (int j = 0; j < CHAINS; j++) {
        acc[j] = (float) j;
    }
    for (int turn = 0; turn < turns; turn++) {
        UNROLL for (int j = 0; j < CHAINS; j++) {
            acc[j] = FMA(acc[j], factor, summand);
        }
    }
    UNROLL for (int j = 0; j < CHAINS; j++) {
        y[thread * CHAINS + j] = acc[j];
    }
}
