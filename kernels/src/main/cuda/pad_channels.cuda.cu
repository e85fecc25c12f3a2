#include "vectors.cuda.h"

// A block has a pixel a thread. Narrow pixels begin anywhere in a sector: they are read, or written, in order across pixels, and lie in
// shared memory meanwhile, a word an element. A thread has its padded pixel in one access, or what it wants of it.

#define FOR_NARROW(e) for (int e = THREAD; e < own * channels; e += THREADS)

KERNEL(pad_channels_fwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, int pixels, int channels, int padded) {
    SHARED u32 narrow[BLOCK_PIXELS * MOST];
    int first = BLOCK_X * BLOCK_PIXELS;
    int own = min(pixels - first, BLOCK_PIXELS);
    x += first * channels;
    FOR_NARROW(e) {
        narrow[e] = STORED(x[e]);
    }
    SYNC();
    const u32* pixel = narrow + min(THREAD, own - 1) * channels;
    u32 at[MOST];
    UNROLL
    for (int c = 0; c < MOST; c++) {
        at[c] = c < channels ? pixel[c] : 0;
    }
#ifdef REAL_BF16
    put_words_if(THREAD < own, y + (first + THREAD) * padded, at[0] | at[1] << 16, at[2] | at[3] << 16, 0, 0);
#else
    put_words_if(THREAD < own, y + (first + THREAD) * padded, at[0], at[1], at[2], at[3]);
#endif
}

#ifndef REAL_BF16
KERNEL(pad_channels_bwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, int pixels, int channels, int padded) {
    SHARED real narrow[BLOCK_PIXELS * MOST];
    int first = BLOCK_X * BLOCK_PIXELS;
    int own = min(pixels - first, BLOCK_PIXELS);
    Four four = four_of(x, min(first + THREAD, pixels - 1) * padded);
    UNROLL
    for (int c = 0; c < MOST; c++) {
        if (c < channels) {
            narrow[THREAD * channels + c] = four.at[c];
        }
    }
    SYNC();
    y += first * channels;
    FOR_NARROW(e) {
        y[e] = narrow[e];
    }
}
#endif
