#include "portable.h"

// A block makes EACH columns of one row, its lanes side by side in the channels.

// One window. The sizes that nets use are unrolled, without which a CPU's compiler makes no vectors of the lanes.
#define WINNERS(HINT, window)                                                            \
    FOR_LANES(l, lanes) {                                                                \
        float best = LOAD(x + from, l);                                                  \
        int place = 0;                                                                   \
        HINT                                                                             \
        for (int k = 1; k < (window) * (window); k++) {                                  \
            float value = LOAD(x + from + (k / (window) * (w - (window)) + k) * c, l);   \
            int better = value > best;                                                   \
            best = better ? value : best;                                                \
            place = better ? k : place;                                                  \
        }                                                                                \
        STORE(y + to, l, best);                                                          \
        index[to + l] = (u8) place;                                                      \
    }

KERNEL(max_pool_fwd)(GLOBAL real* RESTRICT y, GLOBAL u8* RESTRICT index, GLOBAL const real* RESTRICT x,
        int n, int h, int w, int c, int window) {
    BY_LANES();
    int rows = h / window;
    int columns = w / window;
    int across = (columns + EACH - 1) / EACH;
    int row = BLOCK_X / across;
    int left = (BLOCK_X - row * across) * EACH;
    int right = left + EACH < columns ? left + EACH : columns;
    int lane = BLOCK_Y * THREADS;
    int lanes = c - lane < THREADS ? c - lane : THREADS;
    int image = row / rows;
    int above = (image * h + (row - image * rows) * window) * w;
    for (int column = left; column < right; column++) {
        int from = (above + column * window) * c + lane;
        int to = (row * columns + column) * c + lane;
        if (window == 2) {
            WINNERS(UNROLL, 2)
        } else if (window == 3) {
            WINNERS(UNROLL, 3)
        } else {
            WINNERS(, window)
        }
    }
}

KERNEL(max_pool_bwd)(GLOBAL real* RESTRICT dx, GLOBAL const real* RESTRICT dy, GLOBAL const u8* RESTRICT index,
        int n, int h, int w, int c, int window) {
    BY_LANES();
    int rows = h / window;
    int columns = w / window;
    int across = (w + EACH - 1) / EACH;
    int row = BLOCK_X / across;
    int left = (BLOCK_X - row * across) * EACH;
    int right = left + EACH < w ? left + EACH : w;
    int lane = BLOCK_Y * THREADS;
    int lanes = c - lane < THREADS ? c - lane : THREADS;
    int image = row / h;
    int y = row - image * h;
    int down = y / window;
    for (int column = left; column < right; column++) {
        int to = (row * w + column) * c + lane;
        if (down < rows && column < columns * window) {
            int beside = column / window;
            int from = ((image * rows + down) * columns + beside) * c + lane;
            int place = (y - down * window) * window + column - beside * window;
            FOR_LANES(l, lanes) {
                float d = LOAD(dy + from, l);
                STORE(dx + to, l, index[from + l] == place ? d : 0.0f);
            }
        } else {
            FOR_LANES(l, lanes) {
                STORE(dx + to, l, 0.0f);
            }
        }
    }
}
