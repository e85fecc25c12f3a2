#include "norm_back.cuda.h"

KERNEL(norm_apply_fwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT gamma,
        GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key, int rows, int channels, int layer, float rate) {
    SHARED __align__(16) float scales[MOST_CHANNELS];
    SHARED __align__(16) float shifts[MOST_CHANNELS];
    SHARED __align__(16) float centres[MOST_CHANNELS];
    int count = rows * channels;
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    if (!by_fours(channels)) {
        FOR_ANY(i, count, {
            int c = i % channels;
            float value = FMA(LOAD(x, i) - mean[c], gamma[c] * invStd[c], beta[c]);
            STORE(y, i, dropped(value, kept(i, 0, 1, &drop), 0, &drop));
        })
        return;
    }
    FOR_WHOLE_WARPS(c, at, channels, {
        scales[c] = gamma[at] * invStd[at];
        shifts[c] = beta[at];
        centres[c] = mean[at];
    })
    SYNC();
    for_part<4>(PART, count, channels, &drop, [&](int at, int c, u32 bits) {
        Four value = four_of(x, at);
        Four scale = four_of(scales, c);
        Four shift = four_of(shifts, c);
        Four centre = four_of(centres, c);
        UNROLL
        for (int k = 0; k < 4; k++) {
            value.at[k] = dropped(FMA(value.at[k] - centre.at[k], scale.at[k], shift.at[k]), bits, k, &drop);
        }
        put_four(y, at, value);
    });
}

KERNEL(norm_apply_bwd)(GLOBAL real* RESTRICT dx, GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT x,
        GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        GLOBAL const float* RESTRICT dgamma, GLOBAL const float* RESTRICT dbeta, GLOBAL const int* RESTRICT clock,
        GLOBAL const int* RESTRICT key, int rows, int channels, int layer, int before, float rate) {
    SHARED __align__(16) Back back;
    Norm norm = {gamma, mean, invStd, dgamma, dbeta, 1.0f / (float) rows, channels, before};
    int count = rows * channels;
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    if (!by_fours(channels)) {
        FOR_ANY(i, count, {
            STORE(dx, i, through_one(norm, i, LOAD(x, i), dropped(LOAD(dy, i), kept(i, 0, 1, &drop), 0, &drop)));
        })
        return;
    }
    begin_back(&back, norm);
    for_part<4>(PART, count, channels, &drop, [&](int at, int c, u32 bits) {
        put_four(dx, at, through(back, c, four_of(x, at), four_of(dy, at), bits, &drop, before));
    });
}
