#include "portable.h"
#include "activation.h"
#include "matmul_place.h"

// The blocked matrix product behind convolution and dense layer:
//   y[m, n] = act(bias[n] + sum over taps and t of x[pixel of m under the tap, t] * w[tap * tapStride + t * depthStride + n])
// Every form adds in the same order, tap by tap and t by t.

#ifdef FORM_SHARED

// A block of 16 x 16 threads computes TILE_ROWS x TILE_COLS of the result out of tiles in shared memory: for GPUs.
#define STEP 16
#define EACH_ROWS (TILE_ROWS / 16)
#define EACH_COLS (TILE_COLS / 16)
// One more than a row, so that a column of the tile does not lie in one bank.
#define LEFT_STRIDE (TILE_ROWS + 1)

DEVICE void matmul(IN_SHARED float* left, IN_SHARED float* right, GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x,
        GLOBAL const real* RESTRICT w, GLOBAL const float* RESTRICT bias, int images, int height, int width, int depth,
        int outHeight, int outWidth, int cols, int filterRows, int filterCols, int pad, int mirrored, int tapStride, int depthStride,
        int activation) {
    int rows = images * outHeight * outWidth;
    int m0 = BLOCK_X * TILE_ROWS;
    int n0 = BLOCK_Y * TILE_COLS;
    int line = THREAD / 16;
    int ownRow = line * EACH_ROWS;
    int ownCol = (THREAD - line * 16) * EACH_COLS;
    float acc[EACH_ROWS][EACH_COLS];
    UNROLL for (int i = 0; i < EACH_ROWS; i++) {
        UNROLL for (int j = 0; j < EACH_COLS; j++) {
            acc[i][j] = 0.0f;
        }
    }
    for (int tap = 0; tap < filterRows * filterCols; tap++) {
        int tapRow = tap / filterCols;
        int tapCol = tap - tapRow * filterCols;
        int down = mirrored ? pad - tapRow : tapRow - pad;
        int across = mirrored ? pad - tapCol : tapCol - pad;
        for (int t0 = 0; t0 < depth; t0 += STEP) {
            for (int e = THREAD; e < TILE_ROWS * STEP; e += THREADS) {
                int m = e / STEP;
                int t = e - m * STEP;
                int first = -1;
                if (m0 + m < rows && t0 + t < depth) {
                    first = under_tap(place_of(m0 + m, outHeight, outWidth), down, across, height, width, depth);
                }
                left[t * LEFT_STRIDE + m] = first < 0 ? 0.0f : LOAD(x, first + t0 + t);
            }
            for (int e = THREAD; e < STEP * TILE_COLS; e += THREADS) {
                int t = e / TILE_COLS;
                int n = e - t * TILE_COLS;
                right[e] = n0 + n < cols && t0 + t < depth ? LOAD(w, tap * tapStride + (t0 + t) * depthStride + n0 + n) : 0.0f;
            }
            SYNC();
            for (int t = 0; t < STEP; t++) {
                UNROLL for (int i = 0; i < EACH_ROWS; i++) {
                    float a = left[t * LEFT_STRIDE + ownRow + i];
                    UNROLL for (int j = 0; j < EACH_COLS; j++) {
                        acc[i][j] = FMA(a, right[t * TILE_COLS + ownCol + j], acc[i][j]);
                    }
                }
            }
            SYNC();
        }
    }
    for (int i = 0; i < EACH_ROWS; i++) {
        for (int j = 0; j < EACH_COLS; j++) {
            int m = m0 + ownRow + i;
            int n = n0 + ownCol + j;
            if (m < rows && n < cols) {
                STORE(y, m * cols + n, bias ? activated(acc[i][j] + bias[n], activation) : acc[i][j]);
            }
        }
    }
}

#else

// A thread computes TILE_ROWS x TILE_COLS in registers, TILE_REPEAT times below each other, and waits for nobody: for CPUs, where a
// barrier costs more than the product. Where the columns are no multiple of a tile, the last one overlaps its neighbour; where they are
// fewer than a tile has, it reads what pads the rows of w.
DEVICE void matmul(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x,
        GLOBAL const real* RESTRICT w, GLOBAL const float* RESTRICT bias, int images, int height, int width, int depth,
        int outHeight, int outWidth, int cols, int filterRows, int filterCols, int pad, int mirrored, int tapStride, int depthStride,
        int activation) {
    int rows = images * outHeight * outWidth;
    int tileCol = BLOCK_Y * TILE_COLS;
    int n0 = tileCol + TILE_COLS <= cols ? tileCol : cols < TILE_COLS ? 0 : cols - TILE_COLS;
    for (int repeat = 0; repeat < TILE_REPEAT; repeat++) {
        int m0 = (GLOBAL_THREAD * TILE_REPEAT + repeat) * TILE_ROWS;
        if (m0 >= rows) {
            return;
        }
        Place places[TILE_ROWS];
        float acc[TILE_ROWS][TILE_COLS];
        UNROLL for (int i = 0; i < TILE_ROWS; i++) {
            places[i] = place_of(m0 + i < rows ? m0 + i : rows - 1, outHeight, outWidth);
            UNROLL for (int j = 0; j < TILE_COLS; j++) {
                acc[i][j] = 0.0f;
            }
        }
        for (int tapRow = 0; tapRow < filterRows; tapRow++) {
            for (int tapCol = 0; tapCol < filterCols; tapCol++) {
                int down = mirrored ? pad - tapRow : tapRow - pad;
                int across = mirrored ? pad - tapCol : tapCol - pad;
                GLOBAL const real* a[TILE_ROWS];
                float inside[TILE_ROWS];
                bool border = false;
                UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                    int first = under_tap(places[i], down, across, height, width, depth);
                    a[i] = x + (first < 0 ? 0 : first);
                    inside[i] = first < 0 ? 0.0f : 1.0f;
                    border |= first < 0;
                }
                GLOBAL const real* b = w + (tapRow * filterCols + tapCol) * tapStride + n0;
                if (!border) {
                    for (int t = 0; t < depth; t++) {
                        UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                            float left = LOAD(a[i], t);
                            UNROLL for (int j = 0; j < TILE_COLS; j++) {
                                acc[i][j] = FMA(left, LOAD(b, j), acc[i][j]);
                            }
                        }
                        b += depthStride;
                    }
                } else {
                    // A product with 0 would make NaN of an infinite x that is not there.
                    for (int t = 0; t < depth; t++) {
                        UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                            float left = inside[i] != 0.0f ? LOAD(a[i], t) : 0.0f;
                            UNROLL for (int j = 0; j < TILE_COLS; j++) {
                                acc[i][j] = FMA(left, LOAD(b, j), acc[i][j]);
                            }
                        }
                        b += depthStride;
                    }
                }
            }
        }
        bool whole = m0 + TILE_ROWS <= rows && n0 == tileCol && n0 + TILE_COLS <= cols;
        if (whole && activation != ACT_SIGMOID) {
            float least = activation == ACT_RELU ? 0.0f : -INFINITY;
            UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                UNROLL for (int j = 0; j < TILE_COLS; j++) {
                    float value = bias ? acc[i][j] + bias[n0 + j] : acc[i][j];
                    STORE(y, (m0 + i) * cols + n0 + j, value < least ? least : value);
                }
            }
        } else {
            // Through memory: an array that is indexed by what the compiler does not know would not stay in registers above.
            float kept[TILE_ROWS][TILE_COLS];
            UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                UNROLL for (int j = 0; j < TILE_COLS; j++) {
                    kept[i][j] = acc[i][j];
                }
            }
            for (int i = 0; i < TILE_ROWS && m0 + i < rows; i++) {
                for (int j = tileCol - n0; j < TILE_COLS && n0 + j < cols; j++) {
                    float value = bias ? kept[i][j] + bias[n0 + j] : kept[i][j];
                    STORE(y, (m0 + i) * cols + n0 + j, activated(value, activation));
                }
            }
        }
    }
}

#endif

KERNEL(matmul_fwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT w,
        GLOBAL const float* RESTRICT bias, int images, int height, int width, int depth, int outHeight, int outWidth, int cols,
        int filterRows, int filterCols, int pad, int mirrored, int tapStride, int depthStride, int activation) {
#ifdef FORM_SHARED
    SHARED float left[STEP * LEFT_STRIDE];
    SHARED float right[STEP * TILE_COLS];
    matmul(left, right, y, x, w, bias, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored,
            tapStride, depthStride, activation);
#else
    matmul(y, x, w, bias, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored,
            tapStride, depthStride, activation);
#endif
}

KERNEL(matmul_bwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT w,
        int images, int height, int width, int depth, int outHeight, int outWidth, int cols,
        int filterRows, int filterCols, int pad, int mirrored, int tapStride, int depthStride) {
#ifdef FORM_SHARED
    SHARED float left[STEP * LEFT_STRIDE];
    SHARED float right[STEP * TILE_COLS];
    matmul(left, right, y, x, w, 0, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored,
            tapStride, depthStride, ACT_NONE);
#else
    matmul(y, x, w, 0, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored,
            tapStride, depthStride, ACT_NONE);
#endif
}
