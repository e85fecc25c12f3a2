#include "portable.h"
#include "matmul_place.h"

#define BLOCKS_AT_ONCE 2
#include "tile.cuda.h"

// One number more: of the gradient of the bias.
#define COUNT (TURNS * OWN + 1)
#include "parts.cuda.h"

// The gradients of weights and bias, of a convolution and of a dense layer, whole in one launch:
//   dw[k, tap, c] = sum over pixels of dy[pixel, k] * x[pixel under the tap, c], db[k] = sum over pixels of dy[pixel, k]
// With `turned` dw is [tap, c, k]: a tile's rows are then those of x and its columns those of dy. A step takes STEP pixels. The blocks at
// the first edge of x add up dy too.

// The place so many pixels on, told as the place of that many.
DEVICE void move_on(Place* place, Place by, int outHeight, int outWidth) {
    place->col += by.col;
    int over = place->col >= outWidth ? 1 : 0;
    place->col -= over * outWidth;
    place->row += by.row + over;
    over = place->row >= outHeight ? 1 : 0;
    place->row -= over * outHeight;
    place->image += by.image + over;
}

#ifdef TENSOR_CORES
#include "weight_product_mma.cuda.h"
#else
#include "weight_product_fma.cuda.h"
#endif

// Puts a thread's numbers of one turn.
DEVICE void put_own(float* to, const float* own, int left, bool quads) {
#ifndef EDGE_16
    if (quads) {
        *(float4*) to = make_float4(own[0], own[1], own[2], own[3]);
        return;
    }
#endif
    UNROLL for (int j = 0; j < OWN; j++) {
        if (j < left) {
            to[j] = own[j];
        }
    }
}

KERNEL(weight_product)(GLOBAL float* RESTRICT dw, GLOBAL float* RESTRICT db, GLOBAL float* RESTRICT partials,
        GLOBAL int* RESTRICT arrivals, GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT dy,
        int images, int height, int width, int depth, int outHeight, int outWidth, int filters, int filterRows, int filterCols, int pad,
        int turned, int parts) {
    SHARED __align__(TILE_ALIGNMENT) float memory[TILE_MEMORY];
    float own[COUNT];
    gradient(own, memory, x, dy, images, height, width, depth, outHeight, outWidth, filters, filterRows, filterCols, pad, turned, parts);
    int features = filterRows * filterCols * depth;
    int k0 = (turned ? BLOCK_Y : BLOCK_X) * EDGE;
    int f0 = (turned ? BLOCK_X : BLOCK_Y) * EDGE;
    int rows = turned ? features : filters;
    int cols = turned ? filters : features;
    if (!add_parts(own, parts_of(partials, arrivals, BLOCK_Y * ((rows + EDGE - 1) / EDGE) + BLOCK_X, BLOCK_Z, parts))) {
        return;
    }
    int n = BLOCK_Y * EDGE + OWN_COL;
    bool quads = cols % 4 == 0 && ((unsigned long long) dw & 15) == 0;
    UNROLL for (int turn = 0; turn < TURNS; turn++) {
        int m = BLOCK_X * EDGE + OWN_ROW(turn);
        if (m < rows && n < cols) {
            put_own(dw + m * cols + n, own + turn * OWN, cols - n, quads);
        }
    }
    if (f0 == 0 && THREAD < EDGE && k0 + THREAD < filters) {
        db[k0 + THREAD] = own[COUNT - 1];
    }
}
