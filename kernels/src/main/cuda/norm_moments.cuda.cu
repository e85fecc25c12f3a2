#include "moments.cuda.h"

typedef struct {
    const real* x;
    int channels;

    template <int N> DEVICE void fetch(Some<N>* to, int row, int channel) {
        get(to, x, row * channels + channel);
    }
} Images;

KERNEL(norm_moments)(GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT invStd, GLOBAL float* RESTRICT runningMean,
        GLOBAL float* RESTRICT runningVar, GLOBAL float* RESTRICT partials, GLOBAL int* RESTRICT arrivals, GLOBAL const real* RESTRICT x,
        int rows, int channels, int chunk, float momentum, float epsilon) {
    SHARED __align__(16) Room room;
    Statistics to = {mean, invStd, runningMean, runningVar, partials, arrivals, momentum, epsilon};
    if (channels % 4 == 0) {
        moments<4>(&room, to, Images{x, channels}, rows, channels, chunk);
    } else {
        moments<1>(&room, to, Images{x, channels}, rows, channels, chunk);
    }
}
