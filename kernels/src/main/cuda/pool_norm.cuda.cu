#include "norm_back.cuda.h"
#include "windows.cuda.h"

// The gradient of each window's largest goes to its place, and zeros to the others.
template <int WINDOW> DEVICE void spread(real* dx, int element, Four gradient, u32 places, int h, int w, int channels, int given) {
    int window = WINDOW > 0 ? WINDOW : given;
    int pixel = element / channels;
    int above = first_under(pixel, h, w, window);
    int channel = element - pixel * channels;
    _Pragma("unroll (WINDOW > 0 ? WINDOW * WINDOW : 1)")
    for (int place = 0; place < window * window; place++) {
        Four own;
        UNROLL
        for (int k = 0; k < 4; k++) {
            own.at[k] = (places >> 8 * k & 0xffu) == (u32) place ? gradient.at[k] : 0.0f;
        }
        put_four(dx, (above + place / window * w + place % window) * channels + channel, own);
    }
}

// As spread, for one element.
DEVICE void spread_one(real* dx, int element, float gradient, int winner, int h, int w, int channels, int window) {
    int pixel = element / channels;
    int above = first_under(pixel, h, w, window);
    for (int place = 0; place < window * window; place++) {
        STORE(dx, (above + place / window * w + place % window) * channels + element - pixel * channels,
                place == winner ? gradient : 0.0f);
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

KERNEL(pool_norm_bwd)(GLOBAL real* RESTRICT dx, GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT y,
        GLOBAL const u8* RESTRICT index, GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT mean,
        GLOBAL const float* RESTRICT invStd, GLOBAL const float* RESTRICT dgamma, GLOBAL const float* RESTRICT dbeta,
        GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key, int rows, int channels, int h, int w, int window, int layer,
        int before, float rate) {
    SHARED __align__(16) Back back;
    Norm norm = {gamma, mean, invStd, dgamma, dbeta, 1.0f / (float) rows, channels, before};
    int count = rows * channels;
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    if (!by_fours(channels)) {
        FOR_ANY(i, count, {
            float gradient = through_one(norm, i, LOAD(y, i), dropped(LOAD(dy, i), kept(i, 0, 1, &drop), 0, &drop));
            spread_one(dx, i, gradient, index[i], h, w, channels, window);
        })
    } else {
        begin_back(&back, norm);
        for_part<2>(PART, count, channels, &drop, [&](int at, int c, u32 bits) {
            Four gradient = through(back, c, four_of(y, at), four_of(dy, at), bits, &drop, before);
            u32 places = *(const u32*) (index + at);
            if (window == 2) {
                spread<2>(dx, at, gradient, places, h, w, channels, window);
            } else {
                spread<0>(dx, at, gradient, places, h, w, channels, window);
            }
        });
    }
    if (h % window != 0 || w % window != 0) {
        clear_rest(dx, rows / ((h / window) * (w / window)), h, w, channels, window);
    }
}
