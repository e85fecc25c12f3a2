#include "norms.cuda.h"
#include "activation.h"

// Longer rows make larger blocks, so that the bias is little beside the elements of a block; as BiasAct.grid has it.
#define TURNS ((max(cols, LEAST_COLS) + COLS_OF_TURN - 1) / COLS_OF_TURN)

// The bias comes through shared memory, once a block; where it is too long for that, each element reads its own.
KERNEL(bias_act)(GLOBAL real* y, GLOBAL const float* RESTRICT bias, int rows, int cols, int activation) {
    SHARED __align__(16) float biases[MOST_CHANNELS];
    int count = rows * cols;
    if (cols > MOST_CHANNELS) {
        FOR_ANY(i, count, {
            STORE(y, i, activated(LOAD(y, i) + bias[i % cols], activation));
        })
        return;
    }
    FOR_WHOLE_WARPS(c, at, cols, {
        biases[c] = bias[at];
    })
    SYNC();
    if (!stays(cols)) {
        FOR_ANY(i, count, {
            STORE(y, i, activated(LOAD(y, i) + biases[i % cols], activation));
        })
        return;
    }
    Four own = four_of(biases, THREAD % (cols / 4) * 4);
    FOR_FOURS(first, count, {
        Four value = four_of(y, first);
        UNROLL
        for (int k = 0; k < 4; k++) {
            value.at[k] = activated(value.at[k] + own.at[k], activation);
        }
        put_four(y, first, value);
    })
}
