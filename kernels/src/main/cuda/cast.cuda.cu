#include "vectors.cuda.h"

// Four elements a thread: eight would make its two reads of 16 bytes skip every other half of a sector.
KERNEL(cast)(GLOBAL real* y, GLOBAL const float* x, int count) {
    int first = GLOBAL_THREAD * 4;
    if (first + 4 <= count) {
        put_four(y, first, four_of(x, first));
    } else {
        for (int i = first; i < count; i++) {
            STORE(y, i, x[i]);
        }
    }
}
