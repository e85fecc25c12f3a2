// The largest of every window of images, by threads of four channels each, or of one.

#ifndef JENGINE_WINDOWS_CUDA_H
#define JENGINE_WINDOWS_CUDA_H

#include "vectors.cuda.h"

// The first pixel under the window that a pixel of the result comes from.
DEVICE int first_under(int pixel, int h, int w, int window) {
    int rows = h / window;
    int columns = w / window;
    int line = pixel / columns;
    int image = line / rows;
    return (image * h + (line - image * rows) * window) * w + (pixel - line * columns) * window;
}

// Which of two is larger is asked of the numbers; WINDOW is 0 where windows have another size than those of nets.
template <int WINDOW> DEVICE Four largest(real* y, u8* index, const real* x, int h, int w, int c, int given, int out) {
    int window = WINDOW > 0 ? WINDOW : given;
    int pixel = out / (c / 4);
    int above = first_under(pixel, h, w, window);
    int channel = (out - pixel * (c / 4)) * 4;
    Four best = four_of(x, above * c + channel);
    u32 places = 0;
    _Pragma("unroll (WINDOW > 0 ? WINDOW * WINDOW : 1)")
    for (int place = 1; place < window * window; place++) {
        Four value = four_of(x, (above + place / window * w + place % window) * c + channel);
        UNROLL
        for (int k = 0; k < 4; k++) {
            bool better = value.at[k] > best.at[k];
            best.at[k] = better ? value.at[k] : best.at[k];
            places = better ? (places & ~(0xffu << 8 * k)) | (u32) place << 8 * k : places;
        }
    }
    put_four(y, out * 4, best);
    *(u32*) (index + out * 4) = places;
    return best;
}

DEVICE float largest_one(real* y, u8* index, const real* x, int h, int w, int c, int window, int out) {
    int above = first_under(out / c, h, w, window);
    float best = LOAD(x, above * c + out % c);
    int winner = 0;
    for (int place = 1; place < window * window; place++) {
        float value = LOAD(x, (above + place / window * w + place % window) * c + out % c);
        winner = value > best ? place : winner;
        best = value > best ? value : best;
    }
    STORE(y, out, best);
    index[out] = (u8) winner;
    return best;
}

#endif
