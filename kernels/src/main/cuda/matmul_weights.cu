#include "portable.h"

// The product behind the gradients of weights, of a convolution (a = dy, b = x) and of a dense layer (a = x, b = dy):
//   partials[part, m, tap, n] = sum over the part's images and their pixels of a[pixel, m] * b[pixel under the tap, n]
// A part is partImages images; their sums are added up by sum_partials, in an order that hangs on nothing but the sizes.

#ifdef FORM_SHARED

// A block of 16 x 16 threads computes TILE_ROWS x TILE_COLS of one tap and part out of tiles in shared memory: for GPUs.
#define STEP 16
#define EACH_ROWS (TILE_ROWS / 16)
#define EACH_COLS (TILE_COLS / 16)

KERNEL(matmul_weights)(GLOBAL float* RESTRICT partials, GLOBAL const real* RESTRICT a, GLOBAL const real* RESTRICT b,
        int images, int height, int width, int cols, int outHeight, int outWidth, int rows, int filterRows, int filterCols,
        int pad, int partImages) {
    SHARED float left[STEP * TILE_ROWS];
    SHARED float right[STEP * TILE_COLS];
    int blocksOfRows = (rows + TILE_ROWS - 1) / TILE_ROWS;
    int blockCol = BLOCK_X / blocksOfRows;
    int m0 = (BLOCK_X - blockCol * blocksOfRows) * TILE_ROWS;
    int n0 = blockCol * TILE_COLS;
    int tapRow = BLOCK_Y / filterCols;
    int down = tapRow - pad;
    int across = BLOCK_Y - tapRow * filterCols - pad;
    int line = THREAD / 16;
    int ownRow = line * EACH_ROWS;
    int ownCol = (THREAD - line * 16) * EACH_COLS;
    int pixels = outHeight * outWidth;
    int firstImage = BLOCK_Z * partImages;
    int lastImage = firstImage + partImages < images ? firstImage + partImages : images;
    float acc[EACH_ROWS][EACH_COLS];
    UNROLL for (int i = 0; i < EACH_ROWS; i++) {
        UNROLL for (int j = 0; j < EACH_COLS; j++) {
            acc[i][j] = 0.0f;
        }
    }
    for (int image = firstImage; image < lastImage; image++) {
        for (int u0 = 0; u0 < pixels; u0 += STEP) {
            for (int e = THREAD; e < STEP * TILE_ROWS; e += THREADS) {
                int t = e / TILE_ROWS;
                int m = e - t * TILE_ROWS;
                int u = u0 + t;
                left[e] = u < pixels && m0 + m < rows ? LOAD(a, (image * pixels + u) * rows + m0 + m) : 0.0f;
            }
            for (int e = THREAD; e < STEP * TILE_COLS; e += THREADS) {
                int t = e / TILE_COLS;
                int n = e - t * TILE_COLS;
                int u = u0 + t;
                int outRow = u / outWidth;
                int row = outRow + down;
                int col = u - outRow * outWidth + across;
                bool inside = u < pixels && n0 + n < cols && row >= 0 && row < height && col >= 0 && col < width;
                right[e] = inside ? LOAD(b, ((image * height + row) * width + col) * cols + n0 + n) : 0.0f;
            }
            SYNC();
            for (int u = 0; u < STEP; u++) {
                UNROLL for (int i = 0; i < EACH_ROWS; i++) {
                    float value = left[u * TILE_ROWS + ownRow + i];
                    UNROLL for (int j = 0; j < EACH_COLS; j++) {
                        acc[i][j] = FMA(value, right[u * TILE_COLS + ownCol + j], acc[i][j]);
                    }
                }
            }
            SYNC();
        }
    }
    int taps = filterRows * filterCols;
    for (int i = 0; i < EACH_ROWS; i++) {
        for (int j = 0; j < EACH_COLS; j++) {
            int m = m0 + ownRow + i;
            int n = n0 + ownCol + j;
            if (m < rows && n < cols) {
                partials[((BLOCK_Z * rows + m) * taps + BLOCK_Y) * cols + n] = acc[i][j];
            }
        }
    }
}

#else

// A thread computes TILE_REPEAT tiles of TILE_ROWS x TILE_COLS below each other, and all beside them, of one tap and part, in registers:
// for CPUs. Image by image, so that what the tiles read stays in cache while all of them go over it; between images a tile is kept
// where its sum will stand. Tiles at the lower and right edge overlap their neighbours and leave those parts alone.
KERNEL(matmul_weights)(GLOBAL float* RESTRICT partials, GLOBAL const real* RESTRICT a, GLOBAL const real* RESTRICT b,
        int images, int height, int width, int cols, int outHeight, int outWidth, int rows, int filterRows, int filterCols,
        int pad, int partImages) {
    int taps = filterRows * filterCols;
    int tapRow = BLOCK_Y / filterCols;
    int down = tapRow - pad;
    int across = BLOCK_Y - tapRow * filterCols - pad;
    int firstImage = BLOCK_Z * partImages;
    int lastImage = firstImage + partImages < images ? firstImage + partImages : images;
    int firstRow = down < 0 ? -down : 0;
    int lastRow = height - down < outHeight ? height - down : outHeight;
    int firstCol = across < 0 ? -across : 0;
    int lastCol = width - across < outWidth ? width - across : outWidth;
    int outStride = taps * cols;
    GLOBAL float* out = partials + BLOCK_Z * (rows * outStride) + BLOCK_Y * cols;
    for (int image = firstImage; image < lastImage; image++) {
        for (int repeat = 0; repeat < TILE_REPEAT; repeat++) {
            int tileRow = (GLOBAL_THREAD * TILE_REPEAT + repeat) * TILE_ROWS;
            if (tileRow >= rows) {
                break;
            }
            int m0 = tileRow + TILE_ROWS > rows ? rows - TILE_ROWS : tileRow;
            for (int tileCol = 0; tileCol < cols; tileCol += TILE_COLS) {
                int n0 = tileCol + TILE_COLS > cols ? cols - TILE_COLS : tileCol;
                GLOBAL float* tile = out + m0 * outStride + n0;
                bool whole = m0 == tileRow && n0 == tileCol;
                float acc[TILE_ROWS][TILE_COLS];
                if (whole && image > firstImage) {
                    UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                        UNROLL for (int j = 0; j < TILE_COLS; j++) {
                            acc[i][j] = tile[i * outStride + j];
                        }
                    }
                } else {
                    // Sums that are another tile's start from 0 each time: another thread may be about to write them.
                    float kept[TILE_ROWS][TILE_COLS];
                    UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                        UNROLL for (int j = 0; j < TILE_COLS; j++) {
                            kept[i][j] = 0.0f;
                        }
                    }
                    for (int i = tileRow - m0; i < TILE_ROWS && image > firstImage; i++) {
                        for (int j = tileCol - n0; j < TILE_COLS; j++) {
                            kept[i][j] = tile[i * outStride + j];
                        }
                    }
                    UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                        UNROLL for (int j = 0; j < TILE_COLS; j++) {
                            acc[i][j] = kept[i][j];
                        }
                    }
                }
                for (int row = firstRow; row < lastRow; row++) {
                    GLOBAL const real* left = a + ((image * outHeight + row) * outWidth + firstCol) * rows + m0;
                    GLOBAL const real* right = b + ((image * height + row + down) * width + firstCol + across) * cols + n0;
                    for (int col = firstCol; col < lastCol; col++) {
                        UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                            float value = LOAD(left, i);
                            UNROLL for (int j = 0; j < TILE_COLS; j++) {
                                acc[i][j] = FMA(value, LOAD(right, j), acc[i][j]);
                            }
                        }
                        left += rows;
                        right += cols;
                    }
                }
                if (whole) {
                    UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                        UNROLL for (int j = 0; j < TILE_COLS; j++) {
                            tile[i * outStride + j] = acc[i][j];
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
                    for (int i = tileRow - m0; i < TILE_ROWS; i++) {
                        for (int j = tileCol - n0; j < TILE_COLS; j++) {
                            tile[i * outStride + j] = kept[i][j];
                        }
                    }
                }
            }
        }
    }
}

#endif
