#include "portable.h"

// A block turns a tile of EDGE x EDGE: its lanes stand side by side in the rows of x, then in those of y.
KERNEL(transpose)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, int matrices, int rows, int cols, int stride) {
    SHARED real tile[EDGE][EDGE + 1];
    BY_LANES();
    int row = BLOCK_X * EDGE;
    int col = BLOCK_Y * EDGE;
    int high = rows - row < EDGE ? rows - row : EDGE;
    int wide = cols - col < EDGE ? cols - col : EDGE;
    x += (BLOCK_Z * rows + row) * cols + col;
    y += (BLOCK_Z * cols + col) * stride + row;
    for (int j = 0; j < high; j++) {
        FOR_LANES(l, wide) {
            tile[j][l] = x[j * cols + l];
        }
    }
    SYNC_LANES();
    for (int j = 0; j < wide; j++) {
        FOR_LANES(l, stride - row < EDGE ? stride - row : EDGE) {
            y[j * stride + l] = l < high ? tile[l][j] : (real) 0;
        }
    }
}
