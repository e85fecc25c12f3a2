#include "stats.cuda.h"

typedef struct {
    const real* x;
    int channels;

    template <int N> DEVICE void fetch(Some<N>* to, int row, int channel) {
        get(to, x, row * channels + channel);
    }
} Images;

KERNEL(norm_stats)(GLOBAL float* RESTRICT means, GLOBAL float* RESTRICT squares, GLOBAL const real* RESTRICT x,
        int rows, int channels, int chunk) {
    if (channels % 4 == 0) {
        stats<4>(means, squares, Images{x, channels}, rows, channels, chunk);
    } else {
        stats<1>(means, squares, Images{x, channels}, rows, channels, chunk);
    }
}
