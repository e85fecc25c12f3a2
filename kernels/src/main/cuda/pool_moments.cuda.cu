#include "moments.cuda.h"
#include "windows.cuda.h"

// Pools as it goes: each window once, by the thread that sums its channels.
template <int WINDOW> struct Pool {
    real* y;
    u8* index;
    const real* x;
    int h;
    int w;
    int channels;
    int window;

    DEVICE void fetch(Some<4>* to, int row, int channel) {
        Four four = largest<WINDOW>(y, index, x, h, w, channels, window, row * (channels / 4) + channel / 4);
        *to = {four.at[0], four.at[1], four.at[2], four.at[3]};
    }

    DEVICE void fetch(Some<1>* to, int row, int channel) {
        to->at[0] = largest_one(y, index, x, h, w, channels, window, row * channels + channel);
    }
};

KERNEL(pool_moments)(GLOBAL real* RESTRICT y, GLOBAL u8* RESTRICT index, GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT invStd,
        GLOBAL float* RESTRICT runningMean, GLOBAL float* RESTRICT runningVar, GLOBAL float* RESTRICT partials,
        GLOBAL int* RESTRICT arrivals, GLOBAL const real* RESTRICT x, int rows, int channels, int chunk, int h, int w, int window,
        float momentum, float epsilon) {
    SHARED __align__(16) Room room;
    Statistics to = {mean, invStd, runningMean, runningVar, partials, arrivals, momentum, epsilon};
    if (channels % 4 != 0) {
        moments<1>(&room, to, Pool<0>{y, index, x, h, w, channels, window}, rows, channels, chunk);
    } else if (window == 2) {
        moments<4>(&room, to, Pool<2>{y, index, x, h, w, channels, window}, rows, channels, chunk);
    } else {
        moments<4>(&room, to, Pool<0>{y, index, x, h, w, channels, window}, rows, channels, chunk);
    }
}
