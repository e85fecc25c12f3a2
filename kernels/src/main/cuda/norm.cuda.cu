#include "norms.cuda.h"

KERNEL(norm_fwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT gamma,
        GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        int rows, int channels) {
    SHARED __align__(16) float scales[MOST_CHANNELS];
    SHARED __align__(16) float shifts[MOST_CHANNELS];
    SHARED __align__(16) float centres[MOST_CHANNELS];
    int count = rows * channels;
    if (!stays(channels)) {
        FOR_ANY(i, count, {
            int c = i % channels;
            STORE(y, i, FMA(LOAD(x, i) - mean[c], gamma[c] * invStd[c], beta[c]));
        })
        return;
    }
    for (int c = THREAD; c < channels; c += THREADS) {
        scales[c] = gamma[c] * invStd[c];
        shifts[c] = beta[c];
        centres[c] = mean[c];
    }
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

KERNEL(norm_bwd)(GLOBAL real* RESTRICT dx, GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT x,
        GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        GLOBAL const float* RESTRICT dgamma, GLOBAL const float* RESTRICT dbeta, int rows, int channels) {
    SHARED __align__(16) float scales[MOST_CHANNELS];
    SHARED __align__(16) float slopes[MOST_CHANNELS];
    SHARED __align__(16) float shifts[MOST_CHANNELS];
    SHARED __align__(16) float centres[MOST_CHANNELS];
    int count = rows * channels;
    float share = 1.0f / (float) rows;
    if (!stays(channels)) {
        FOR_ANY(i, count, {
            int c = i % channels;
            float apart = (LOAD(x, i) - mean[c]) * (invStd[c] * dgamma[c] * share);
            STORE(dx, i, gamma[c] * invStd[c] * (LOAD(dy, i) - dbeta[c] * share - apart));
        })
        return;
    }
    for (int c = THREAD; c < channels; c += THREADS) {
        float deviation = invStd[c];
        scales[c] = gamma[c] * deviation;
        slopes[c] = deviation * dgamma[c] * share;
        shifts[c] = dbeta[c] * share;
        centres[c] = mean[c];
    }
    SYNC();
    int own = THREAD % (channels / 4) * 4;
    Four scale = four_of(scales, own);
    Four slope = four_of(slopes, own);
    Four shift = four_of(shifts, own);
    Four centre = four_of(centres, own);
    FOR_FOURS(first, count, {
        Four value = four_of(dy, first);
        Four input = four_of(x, first);
        UNROLL
        for (int k = 0; k < 4; k++) {
            value.at[k] = scale.at[k] * (value.at[k] - shift.at[k] - (input.at[k] - centre.at[k]) * slope.at[k]);
        }
        put_four(dx, first, value);
    })
}
