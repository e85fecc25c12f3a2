#include "portable.h"

// A block of EDGE threads turns a tile of EDGE x EDGE: rows of x come in, rows of y go out, threads side by side in both.
KERNEL(transpose)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, int batch, int rows, int cols, int stride) {
    SHARED real tile[EDGE][EDGE + 1];
    int row = BLOCK_X * EDGE;
    int col = BLOCK_Y * EDGE;
    x += BLOCK_Z * rows * cols;
    y += BLOCK_Z * cols * stride;
    UNROLL
    for (int j = 0; j < EDGE; j++) {
        if (row + j < rows && col + THREAD < cols) {
            tile[j][THREAD] = x[(row + j) * cols + col + THREAD];
        } else {
            STORE(tile[j], THREAD, 0.0f);
        }
    }
    SYNC();
    UNROLL
    for (int j = 0; j < EDGE; j++) {
        if (col + j < cols && row + THREAD < stride) {
            y[(col + j) * stride + row + THREAD] = tile[THREAD][j];
        }
    }
}
