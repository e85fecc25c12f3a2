#include "sums.cuda.h"

template <int N> DEVICE void norm_grads(float* gammas, float* betas, const real* dy, const real* x, const float* mean, const float* invStd,
        int rows, int channels, int chunk) {
    SHARED __align__(16) float found_gamma[LANES * N];
    SHARED __align__(16) float found_beta[LANES * N];
    SHARED __align__(16) float centres[LANES * N];
    Lane lane = lane_of<N>(rows, channels, chunk);
    int from = BLOCK_X * chunk * channels + lane.channel;
    int first = BLOCK_Y * THREADS * N;
    int wide = min(channels - first, THREADS * N);
    for (int place = THREAD; place < wide; place += THREADS) {
        centres[place] = mean[first + place];
    }
    SYNC();
    Some<N> centre = zeros<N>();
    if (lane.channel < channels) {
        take(&centre, centres, lane.channel - first);
    }
    Some<N> gamma = zeros<N>();
    Some<N> beta = zeros<N>();
    _Pragma("unroll 4")
    for (int row = lane.row; row < lane.rows; row += lane.step) {
        Some<N> d;
        Some<N> value;
        get(&d, dy, from + row * channels);
        get(&value, x, from + row * channels);
        UNROLL
        for (int k = 0; k < N; k++) {
            gamma.at[k] = FMA(d.at[k], value.at[k] - centre.at[k], gamma.at[k]);
            beta.at[k] += d.at[k];
        }
    }
    put(found_gamma, THREAD * N, gamma);
    put(found_beta, THREAD * N, beta);
    SYNC();
    FOR_PLACES(place, here, wide, {
        float total_gamma = 0.0f;
        float total_beta = 0.0f;
        for (int row = 0; row < lane.step; row++) {
            total_gamma += found_gamma[row * channels + place];
            total_beta += found_beta[row * channels + place];
        }
        int to = BLOCK_X * channels + first + place;
        store_if(here, gammas + to, total_gamma * invStd[first + place]);
        store_if(here, betas + to, total_beta);
    })
}

KERNEL(norm_grads)(GLOBAL float* RESTRICT gammas, GLOBAL float* RESTRICT betas, GLOBAL const real* RESTRICT dy,
        GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
        int rows, int channels, int chunk) {
    if (channels % 4 == 0) {
        norm_grads<4>(gammas, betas, dy, x, mean, invStd, rows, channels, chunk);
    } else {
        norm_grads<1>(gammas, betas, dy, x, mean, invStd, rows, channels, chunk);
    }
}
