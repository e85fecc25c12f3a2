#include "norms.cuda.h"

KERNEL(norm_infer)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT gamma,
        GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT variance,
        int rows, int channels, float epsilon) {
    SHARED __align__(16) float scales[MOST_CHANNELS];
    SHARED __align__(16) float shifts[MOST_CHANNELS];
    SHARED __align__(16) float centres[MOST_CHANNELS];
    int count = rows * channels;
    if (!stays(channels)) {
        FOR_ANY(i, count, {
            int c = i % channels;
            STORE(y, i, FMA(LOAD(x, i) - mean[c], gamma[c] / SQRT(variance[c] + epsilon), beta[c]));
        })
        return;
    }
    FOR_WHOLE_WARPS(c, at, channels, {
        scales[c] = gamma[at] / SQRT(variance[at] + epsilon);
        shifts[c] = beta[at];
        centres[c] = mean[at];
    })
    SYNC();
    int own = THREAD % (channels / 4) * 4;
    Four scale = four_of(scales, own);
    Four shift = four_of(shifts, own);
    Four centre = four_of(centres, own);
    FOR_FOURS(first, count, {
        Four value = four_of(x, first);
        UNROLL
        for (int k = 0; k < 4; k++) {
            value.at[k] = FMA(value.at[k] - centre.at[k], scale.at[k], shift.at[k]);
        }
        put_four(y, first, value);
    })
}
