#include "vectors.cuda.h"

// A block turns a tile of EDGE x EDGE, a warp a row of it at a time. Its elements have a word each, whatever their type, and rows an odd
// number of words: a column then lies in as many banks as it has elements. A matrix that is no wider than a tile, as the filters of a
// first layer or the weights of a last one, is read in order across its rows, which begin anywhere in a sector, and lies in the tile as it
// is; of rows twice an odd number long, two columns at a time lie in as many banks as they have elements.

DEVICE void put_column(real* y, int lane, int wide, int high, u32 value) {
    store_if(lane < wide, y + lane, OF_STORED(lane < high ? value : 0));
}

KERNEL(transpose)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, int matrices, int rows, int cols, int stride) {
    SHARED __align__(8) u32 tile[EDGE * (EDGE + 1)];
    int lane = THREAD % WARP;
    int line = THREAD / WARP;
    int lines = THREADS / WARP;
    int row = BLOCK_X * EDGE;
    int col = BLOCK_Y * EDGE;
    int high = min(rows - row, EDGE);
    bool narrow = (cols < EDGE) & (cols % 4 != 0);
    int pitch = narrow ? cols : EDGE + 1;
    x += (BLOCK_Z * rows + row) * cols + col;
    if (narrow) {
        for (int e = THREAD; e < high * cols; e += THREADS) {
            tile[e] = STORED(x[e]);
        }
    } else {
        for (int j = line; j < high; j += lines) {
            tile[j * pitch + lane] = STORED(x[j * cols + min(lane, cols - col - 1)]);
        }
    }
    SYNC();
    y += (BLOCK_Z * cols + col) * stride + row;
    // Where the matrix has no row for a lane, what it reads is dropped.
    const u32* own = tile + max(min(lane, high - 1), 0) * pitch;
    if (narrow && cols % 2 == 0) {
        for (int j = 2 * line; j < cols; j += 2 * lines) {
            uint2 two = *(const uint2*) (own + j);
            put_column(y + j * stride, lane, stride - row, high, two.x);
            put_column(y + (j + 1) * stride, lane, stride - row, high, two.y);
        }
    } else {
        for (int j = line; j < min(cols - col, EDGE); j += lines) {
            put_column(y + j * stride, lane, stride - row, high, own[j]);
        }
    }
}
