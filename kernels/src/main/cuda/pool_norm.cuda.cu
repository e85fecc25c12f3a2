#include "norm.h"
#include "activation.h"
#include "windows.cuda.h"

// The gradient of a window's largest goes to its place, and zeros to the others.
template <int WINDOW> DEVICE void spread(real* dx, int element, float gradient, int winner, int h, int w, int channels, int given) {
    int window = WINDOW > 0 ? WINDOW : given;
    int pixel = element / channels;
    int above = first_under(pixel, h, w, window);
    int channel = element - pixel * channels;
    UNROLL
    for (int place = 0; place < window * window; place++) {
        STORE(dx, (above + place / window * w + place % window) * channels + channel, place == winner ? gradient : 0.0f);
    }
}

// What is in no window has no gradient.
DEVICE void clear_rest(real* dx, int images, int h, int w, int channels, int window) {
    int whole = h / window * window;
    int beside = w % window;
    int each = whole * beside + (h - whole) * w;
    for (int i = GLOBAL_THREAD; i < images * each * channels; i += (int) gridDim.x * THREADS) {
        int number = i / channels;
        int image = number / each;
        int rest = number - image * each;
        int row = rest < whole * beside ? rest / beside : whole + (rest - whole * beside) / w;
        int column = rest < whole * beside ? w - beside + rest % beside : (rest - whole * beside) % w;
        STORE(dx, ((image * h + row) * w + column) * channels + i - number * channels, 0.0f);
    }
}

KERNEL(pool_norm_bwd)(GLOBAL real* RESTRICT dx, GLOBAL float* RESTRICT dgamma, GLOBAL float* RESTRICT dbeta,
        GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT y, GLOBAL const u8* RESTRICT index, GLOBAL const float* RESTRICT gamma,
        GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd, GLOBAL const float* RESTRICT gammas,
        GLOBAL const float* RESTRICT betas, GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int rows, int channels, int chunk, int h, int w, int window, int layer, int before, float rate) {
    BEGIN_NORM_BWD()
    FOR_CHUNK(at, c, {
        float input = LOAD(y, at);
        float gradient = dropped(LOAD(dy, at), bits, j, &drop);
        float through = THROUGH_NORM(gradient, input, c) * slope(input, before);
        if (window == 2) {
            spread<2>(dx, at, through, index[at], h, w, channels, window);
        } else {
            spread<0>(dx, at, through, index[at], h, w, channels, window);
        }
    })
    if (BLOCK_Y == 0 && (h % window != 0 || w % window != 0)) {
        clear_rest(dx, rows / ((h / window) * (w / window)), h, w, channels, window);
    }
}
