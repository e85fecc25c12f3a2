#include "sums.cuda.h"

template <int N> DEVICE void column_sums(float* sums, const real* x, int rows, int channels, int chunk) {
    SHARED __align__(16) float found[LANES * N];
    Lane lane = lane_of<N>(rows, channels, chunk);
    x += BLOCK_X * chunk * channels + lane.channel;
    Some<N> sum = zeros<N>();
    _Pragma("unroll 8")
    for (int row = lane.row; row < lane.rows; row += lane.step) {
        Some<N> next;
        get(&next, x, row * channels);
        UNROLL
        for (int k = 0; k < N; k++) {
            sum.at[k] += next.at[k];
        }
    }
    put(found, THREAD * N, sum);
    SYNC();
    int first = BLOCK_Y * THREADS * N;
    FOR_PLACES(place, here, min(channels - first, THREADS * N), {
        float total = 0.0f;
        for (int row = 0; row < lane.step; row++) {
            total += found[row * channels + place];
        }
        store_if(here, sums + BLOCK_X * channels + first + place, total);
    })
}

KERNEL(column_sums)(GLOBAL float* RESTRICT sums, GLOBAL const real* RESTRICT x, int rows, int channels, int chunk) {
    if (channels % 4 == 0) {
        column_sums<4>(sums, x, rows, channels, chunk);
    } else {
        column_sums<1>(sums, x, rows, channels, chunk);
    }
}
