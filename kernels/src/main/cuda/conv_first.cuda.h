#include "vectors.cuda.h"
#include "activation.h"

// Convolution of images of DEPTH channels by filters of FILTER x FILTER, which are read as they lie, one after the other. A block makes
// ROWS x COLS pixels of one image for WIDE filters out of shared memory: a thread four pixels side by side for four filters, and the same
// some rows below. Threads side by side have the filters of one pixel, so that they write side by side.

#define RUN (FILTER * DEPTH)
// What lies under a row of pixels, up to whole fours.
#define LINE (((COLS + FILTER - 1) * DEPTH + 3) / 4 * 4)
#define LINES (ROWS + FILTER - 1)
// Of a tap's filters; the fours of the next tap begin in other banks.
#define STRIDE (WIDE + 4)
// What lies under four pixels, up to whole fours.
#define UNDER (((4 + FILTER - 1) * DEPTH + 3) / 4 * 4)
#define QUADS (WIDE / 4)
#define GROUPS (COLS / 4)
#define ROWS_AT_ONCE (THREADS / (QUADS * GROUPS))

KERNEL(conv_first)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT w,
        GLOBAL const float* RESTRICT bias, int images, int height, int width, int outHeight, int outWidth, int cols, int pad,
        int activation) {
    SHARED __align__(16) float under[LINES * LINE];
    SHARED __align__(16) float filters[FILTER * RUN * STRIDE];
    int across = (outWidth + COLS - 1) / COLS;
    int down = (outHeight + ROWS - 1) / ROWS;
    int line = BLOCK_X / across;
    int q0 = (BLOCK_X - line * across) * COLS;
    int image = line / down;
    int p0 = (line - image * down) * ROWS;
    int n0 = BLOCK_Y * WIDE;
    for (int i = THREAD; i < LINES * LINE; i += THREADS) {
        int row = p0 - pad + i / LINE;
        int at = (q0 - pad) * DEPTH + i % LINE;
        bool inside = row >= 0 && row < height && at >= 0 && at < width * DEPTH;
        under[i] = inside ? LOAD(x, (image * height + row) * width * DEPTH + at) : 0.0f;
    }
    for (int i = THREAD; i < WIDE * FILTER * RUN; i += THREADS) {
        int n = i / (FILTER * RUN);
        filters[(i - n * (FILTER * RUN)) * STRIDE + n] = n0 + n < cols ? LOAD(w, n0 * FILTER * RUN + i) : 0.0f;
    }
    int quad = THREAD % QUADS * 4;
    int group = THREAD / QUADS % GROUPS * 4;
    int n = n0 + quad;
    float add[4];
    UNROLL
    for (int j = 0; j < 4; j++) {
        add[j] = n + j < cols ? bias[n + j] : 0.0f;
    }
    SYNC();
    _Pragma("unroll 1")
    for (int row = THREAD / (QUADS * GROUPS); row < ROWS; row += ROWS_AT_ONCE) {
        float acc[4][4];
        UNROLL
        for (int i = 0; i < 4; i++) {
            UNROLL
            for (int j = 0; j < 4; j++) {
                acc[i][j] = add[j];
            }
        }
        _Pragma("unroll 1")
        for (int r = 0; r < FILTER; r++) {
            float value[UNDER];
            UNROLL
            for (int k = 0; k < UNDER; k += 4) {
                Four four = four_of(under, (row + r) * LINE + group * DEPTH + k);
                UNROLL
                for (int i = 0; i < 4; i++) {
                    value[k + i] = four.at[i];
                }
            }
            UNROLL
            for (int u = 0; u < RUN; u++) {
                Four weight = four_of(filters, (r * RUN + u) * STRIDE + quad);
                UNROLL
                for (int i = 0; i < 4; i++) {
                    UNROLL
                    for (int j = 0; j < 4; j++) {
                        acc[i][j] = FMA(value[i * DEPTH + u], weight.at[j], acc[i][j]);
                    }
                }
            }
        }
        if (p0 + row < outHeight) {
            UNROLL
            for (int i = 0; i < 4; i++) {
                int q = q0 + group + i;
                int to = ((image * outHeight + p0 + row) * outWidth + q) * cols + n;
                if (q < outWidth && n < cols) {
                    UNROLL
                    for (int j = 0; j < 4; j++) {
                        acc[i][j] = activated(acc[i][j], activation);
                    }
                    if (cols % 4 == 0) {
                        put_four(y, to, {acc[i][0], acc[i][1], acc[i][2], acc[i][3]});
                    } else {
                        UNROLL
                        for (int j = 0; j < 4; j++) {
                            if (n + j < cols) {
                                STORE(y, to + j, acc[i][j]);
                            }
                        }
                    }
                }
            }
        }
    }
}
