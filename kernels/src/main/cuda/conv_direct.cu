#include "portable.h"
#include "activation.h"

// Convolution of images with few channels by FILTER_ROWS x FILTER_COLS filters, DEPTH channels each, all known to the compiler: under
// a row of the filter lie FILTER_COLS * DEPTH numbers in a row, which a matrix product tap by tap would take DEPTH at a time.

#define RUN (FILTER_COLS * DEPTH)

// A thread computes one row of one image for TILE_COLS filters, TILE_ROWS pixels at a time; w[tap, t, n] has the filters last.
KERNEL(conv_direct_fwd)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT w,
        GLOBAL const float* RESTRICT bias, int images, int height, int width, int outHeight, int outWidth, int cols, int pad,
        int activation) {
    int tilesOfCols = (cols + TILE_COLS - 1) / TILE_COLS;
    int item = GLOBAL_THREAD;
    int line = item / tilesOfCols;
    if (line >= images * outHeight) {
        return;
    }
    int tileCol = (item - line * tilesOfCols) * TILE_COLS;
    int n0 = tileCol + TILE_COLS > cols ? cols - TILE_COLS : tileCol;
    int image = line / outHeight;
    int top = line - image * outHeight - pad;
    for (int q0 = 0; q0 < outWidth; q0 += TILE_ROWS) {
        float acc[TILE_ROWS][TILE_COLS];
        UNROLL for (int i = 0; i < TILE_ROWS; i++) {
            UNROLL for (int j = 0; j < TILE_COLS; j++) {
                acc[i][j] = bias[n0 + j];
            }
        }
        // Of the pixels behind the row's end nothing is stored.
        bool inside = q0 >= pad && q0 - pad + TILE_ROWS - 1 + FILTER_COLS <= width;
        for (int r = 0; r < FILTER_ROWS; r++) {
            int row = top + r;
            if (row < 0 || row >= height) {
                continue;
            }
            int left = q0 - pad;
            GLOBAL const real* line0 = x + (image * height + row) * width * DEPTH;
            GLOBAL const real* b = w + r * RUN * cols + n0;
            if (inside) {
                GLOBAL const real* a = line0 + left * DEPTH;
                for (int u = 0; u < RUN; u++) {
                    UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                        float value = LOAD(a, i * DEPTH + u);
                        UNROLL for (int j = 0; j < TILE_COLS; j++) {
                            acc[i][j] = FMA(value, LOAD(b, j), acc[i][j]);
                        }
                    }
                    b += cols;
                }
            } else {
                for (int u = 0; u < RUN; u++) {
                    UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                        int col = left + i + u / DEPTH;
                        float value = col >= 0 && col < width ? LOAD(line0, (left + i) * DEPTH + u) : 0.0f;
                        UNROLL for (int j = 0; j < TILE_COLS; j++) {
                            acc[i][j] = FMA(value, LOAD(b, j), acc[i][j]);
                        }
                    }
                    b += cols;
                }
            }
        }
        GLOBAL real* out = y + (line * outWidth + q0) * cols + n0;
        if (q0 + TILE_ROWS <= outWidth && n0 == tileCol && activation != ACT_SIGMOID) {
            float least = activation == ACT_RELU ? 0.0f : -INFINITY;
            UNROLL for (int i = 0; i < TILE_ROWS; i++) {
                UNROLL for (int j = 0; j < TILE_COLS; j++) {
                    STORE(out, i * cols + j, acc[i][j] < least ? least : acc[i][j]);
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
            for (int i = 0; i < TILE_ROWS && q0 + i < outWidth; i++) {
                for (int j = tileCol - n0; j < TILE_COLS; j++) {
                    STORE(out, i * cols + j, activated(kept[i][j], activation));
                }
            }
        }
    }
}

// partials[part, k, r, run]: a thread sums over one part, which is partLines rows of images of dy, for one row of TILE_COLS filters.
KERNEL(conv_direct_bwd)(GLOBAL float* RESTRICT partials, GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT dy,
        int images, int height, int width, int outHeight, int outWidth, int cols, int pad, int partLines) {
    int tilesOfFilters = (cols + TILE_COLS - 1) / TILE_COLS;
    int lines = images * outHeight;
    int item = GLOBAL_THREAD;
    int part = item / (tilesOfFilters * FILTER_ROWS);
    if (part * partLines >= lines) {
        return;
    }
    int rest = item - part * (tilesOfFilters * FILTER_ROWS);
    int r = rest / tilesOfFilters;
    int tile = (rest - r * tilesOfFilters) * TILE_COLS;
    int n0 = tile + TILE_COLS > cols ? cols - TILE_COLS : tile;
    int lastLine = (part + 1) * partLines < lines ? (part + 1) * partLines : lines;
    // The columns whose run lies in the row of x: from first to last.
    int first = pad < outWidth ? pad : outWidth;
    int last = width + pad - FILTER_COLS + 1 < outWidth ? width + pad - FILTER_COLS + 1 : outWidth;
    float acc[RUN][TILE_COLS];
    UNROLL for (int u = 0; u < RUN; u++) {
        UNROLL for (int j = 0; j < TILE_COLS; j++) {
            acc[u][j] = 0.0f;
        }
    }
    for (int line = part * partLines; line < lastLine; line++) {
        int image = line / outHeight;
        int row = line - image * outHeight - pad + r;
        if (row < 0 || row >= height) {
            continue;
        }
        GLOBAL const real* a = x + (image * height + row) * width * DEPTH;
        GLOBAL const real* b = dy + line * outWidth * cols + n0;
        // The borders apart from what lies between them: a condition in the inner loop would keep the sums out of the vector registers.
        for (int q = 0; q < outWidth; q++) {
            if (q == first && first < last) {
                q = last;
                if (q == outWidth) {
                    break;
                }
            }
            UNROLL for (int u = 0; u < RUN; u++) {
                int col = q - pad + u / DEPTH;
                float value = col >= 0 && col < width ? LOAD(a, (q - pad) * DEPTH + u) : 0.0f;
                UNROLL for (int j = 0; j < TILE_COLS; j++) {
                    acc[u][j] = FMA(value, LOAD(b, q * cols + j), acc[u][j]);
                }
            }
        }
        for (int q = first; q < last; q++) {
            UNROLL for (int u = 0; u < RUN; u++) {
                float value = LOAD(a, (q - pad) * DEPTH + u);
                UNROLL for (int j = 0; j < TILE_COLS; j++) {
                    acc[u][j] = FMA(value, LOAD(b, q * cols + j), acc[u][j]);
                }
            }
        }
    }
    GLOBAL float* out = partials + ((part * cols + n0) * FILTER_ROWS + r) * RUN;
    UNROLL for (int u = 0; u < RUN; u++) {
        UNROLL for (int j = 0; j < TILE_COLS; j++) {
            if (n0 + j >= tile) {
                out[j * (FILTER_ROWS * RUN) + u] = acc[u][j];
            }
        }
    }
}
