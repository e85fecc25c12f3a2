#include "windows.cuda.h"

// A thread has four channels of one window, all of it: what the windows hold is read once and written once. Where four does not divide the
// channels, it has one of them.

// A cell is a window, or what is left of one at the ends of rows and columns: it has no gradient, and is filled with zeros.
typedef struct {
    // The first of its pixels.
    int pixel;
    // How many of its rows and columns there are.
    int high;
    int wide;
    // Its place among the windows.
    int window;
    bool whole;
} Cell;

DEVICE Cell cell_of(int number, int h, int w, int window) {
    int across = (w + window - 1) / window;
    int down = (h + window - 1) / window;
    int line = number / across;
    int column = number - line * across;
    int image = line / down;
    int row = line - image * down;
    Cell cell;
    cell.pixel = (image * h + row * window) * w + column * window;
    cell.high = min(window, h - row * window);
    cell.wide = min(window, w - column * window);
    cell.window = (image * (h / window) + row) * (w / window) + column;
    cell.whole = (cell.high == window) & (cell.wide == window);
    return cell;
}

// The elements that won at this place.
DEVICE Raw winners(Raw gradient, u32 places, int place) {
    u32 lost = places ^ (u32) place * 0x01010101u;
    Raw raw;
#ifdef REAL_BF16
    raw.at[0] = ((lost & 0xffu) == 0 ? gradient.at[0] & 0xffffu : 0) | ((lost & 0xff00u) == 0 ? gradient.at[0] & 0xffff0000u : 0);
    raw.at[1] = ((lost & 0xff0000u) == 0 ? gradient.at[1] & 0xffffu : 0) | (lost >> 24 == 0 ? gradient.at[1] & 0xffff0000u : 0);
#else
    UNROLL
    for (int k = 0; k < 4; k++) {
        raw.at[k] = (lost >> 8 * k & 0xffu) == 0 ? gradient.at[k] : 0;
    }
#endif
    return raw;
}

template <int WINDOW> DEVICE void backward(real* dx, const real* dy, const u8* index, int h, int w, int c, int given, int thread) {
    int window = WINDOW > 0 ? WINDOW : given;
    int number = thread / (c / 4);
    int channel = (thread - number * (c / 4)) * 4;
    Cell cell = cell_of(number, h, w, window);
    Raw gradient = raw_if(cell.whole, dy + cell.window * c + channel);
    u32 places = word_if(cell.whole, index + cell.window * c + channel);
    UNROLL
    for (int place = 0; place < window * window; place++) {
        int i = place / window;
        int j = place % window;
        put_raw_if((i < cell.high) & (j < cell.wide), dx + (cell.pixel + i * w + j) * c + channel, winners(gradient, places, place));
    }
}

DEVICE void backward_one(real* dx, const real* dy, const u8* index, int h, int w, int c, int window, int thread) {
    Cell cell = cell_of(thread / c, h, w, window);
    for (int i = 0; i < cell.high; i++) {
        for (int j = 0; j < cell.wide; j++) {
            int from = cell.window * c + thread % c;
            real zero = 0;
            dx[(cell.pixel + i * w + j) * c + thread % c] = cell.whole && index[from] == i * window + j ? dy[from] : zero;
        }
    }
}

KERNEL(max_pool_fwd)(GLOBAL real* RESTRICT y, GLOBAL u8* RESTRICT index, GLOBAL const real* RESTRICT x,
        int n, int h, int w, int c, int window) {
    int together = c % 4 == 0 ? 4 : 1;
    if (GLOBAL_THREAD >= n * (h / window) * (w / window) * (c / together)) {
        return;
    }
    if (together == 1) {
        largest_one(y, index, x, h, w, c, window, GLOBAL_THREAD);
    } else if (window == 2) {
        largest<2>(y, index, x, h, w, c, window, GLOBAL_THREAD);
    } else {
        largest<0>(y, index, x, h, w, c, window, GLOBAL_THREAD);
    }
}

KERNEL(max_pool_bwd)(GLOBAL real* RESTRICT dx, GLOBAL const real* RESTRICT dy, GLOBAL const u8* RESTRICT index,
        int n, int h, int w, int c, int window) {
    int together = c % 4 == 0 ? 4 : 1;
    if (GLOBAL_THREAD >= n * ((h + window - 1) / window) * ((w + window - 1) / window) * (c / together)) {
        return;
    }
    if (together == 1) {
        backward_one(dx, dy, index, h, w, c, window, GLOBAL_THREAD);
    } else if (window == 2) {
        backward<2>(dx, dy, index, h, w, c, window, GLOBAL_THREAD);
    } else {
        backward<0>(dx, dy, index, h, w, c, window, GLOBAL_THREAD);
    }
}
