#include "portable.h"
#include "activate.cuda.h"
#include "matmul_place.h"

#define BLOCKS_AT_ONCE (EDGE == 16 ? 4 : 3)
#include "tile.cuda.h"

#define COUNT (TURNS * OWN)
#include "parts.cuda.h"

// The matrix product behind convolution and dense layer, whole in one launch:
//   y[m, n] = sum over taps and t of x[pixel of m under the tap, t] * w[tap * tapStride + t * depthStride + n * colStride]
// A block makes a tile of it, or one part of a tile's sum. w is read as it lies: its rows may be those of t, or with colStride other than 1
// those of n, and then depthStride is 1.

// Where a product stands on its way over the taps, and within a tap over what is summed.
typedef struct {
    // The next step's first number of the tap.
    int t0;
    // What of w belongs to it.
    int w_at;
    // From a pixel to what lies under the tap.
    int down;
    int across;
    // To the next tap of a row of the filter.
    int next;
    int to_next_tap;
} Walk;

DEVICE Walk walk_of(int step, int stepsOfTap, int filterCols, int pad, int mirrored, int tapStride, int depthStride) {
    Walk walk;
    int tap = step / stepsOfTap;
    walk.t0 = (step - tap * stepsOfTap) * STEP;
    walk.w_at = tap * tapStride + walk.t0 * depthStride;
    walk.to_next_tap = tapStride - (stepsOfTap - 1) * STEP * depthStride;
    walk.next = mirrored ? -1 : 1;
    walk.down = walk.next * (tap / filterCols - pad);
    walk.across = walk.next * (tap % filterCols - pad);
    return walk;
}

DEVICE void walk_on(Walk* walk, int depth, int depthStride, int filterCols, int pad) {
    walk->t0 += STEP;
    walk->w_at += walk->t0 < depth ? STEP * depthStride : walk->to_next_tap;
    if (walk->t0 >= depth) {
        walk->t0 = 0;
        walk->across += walk->next;
        if (walk->across == walk->next * (filterCols - pad)) {
            walk->across = -walk->next * pad;
            walk->down += walk->next;
        }
    }
}

#ifdef TENSOR_CORES
#include "product_mma.cuda.h"
#else
#include "product_fma.cuda.h"
#endif

// Stores a thread's numbers of one turn, of which `left` have a place in the row.
DEVICE void put_own(real* RESTRICT to, const float own[OWN], int left, bool quads) {
#ifndef EDGE_16
    if (quads) {
        put_quad(to, own);
        return;
    }
#endif
    UNROLL for (int j = 0; j < OWN; j++) {
        if (j < left) {
            STORE(to, j, own[j]);
        }
    }
}

KERNEL(product_fwd)(GLOBAL real* RESTRICT y, GLOBAL float* RESTRICT partials, GLOBAL int* RESTRICT arrivals,
        GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT w, GLOBAL const float* RESTRICT bias,
        int images, int height, int width, int depth, int outHeight, int outWidth, int cols, int filterRows, int filterCols, int pad,
        int mirrored, int tapStride, int depthStride, int colStride, int parts, int activation) {
    SHARED __align__(TILE_ALIGNMENT) float memory[TILE_MEMORY];
    float own[COUNT];
    product(own, memory, x, w, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored, tapStride,
            depthStride, colStride, parts);
    int rows = images * outHeight * outWidth;
    if (!add_parts(own, parts_of(partials, arrivals, BLOCK_Y * ((rows + EDGE - 1) / EDGE) + BLOCK_X, BLOCK_Z, parts))) {
        return;
    }
    int n = BLOCK_Y * EDGE + OWN_COL;
    bool quads = cols % 4 == 0 && quads_at(y);
    float add[OWN];
    UNROLL for (int j = 0; j < OWN; j++) {
        add[j] = n + j < cols ? bias[n + j] : 0.0f;
    }
    UNROLL for (int i = 0; i < COUNT; i++) {
        own[i] += add[i % OWN];
    }
    activate(own, activation);
    UNROLL for (int turn = 0; turn < TURNS; turn++) {
        int m = BLOCK_X * EDGE + OWN_ROW(turn);
        if (m < rows && n < cols) {
            put_own(y + m * cols + n, own + turn * OWN, cols - n, quads);
        }
    }
}

KERNEL(product_bwd)(GLOBAL real* RESTRICT dx, GLOBAL float* RESTRICT partials, GLOBAL int* RESTRICT arrivals,
        GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT w, GLOBAL const real* RESTRICT x,
        int images, int height, int width, int depth, int outHeight, int outWidth, int cols, int filterRows, int filterCols, int pad,
        int mirrored, int tapStride, int depthStride, int colStride, int parts, int before) {
    SHARED __align__(TILE_ALIGNMENT) float memory[TILE_MEMORY];
    float own[COUNT];
    product(own, memory, dy, w, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored, tapStride,
            depthStride, colStride, parts);
    int rows = images * outHeight * outWidth;
    if (!add_parts(own, parts_of(partials, arrivals, BLOCK_Y * ((rows + EDGE - 1) / EDGE) + BLOCK_X, BLOCK_Z, parts))) {
        return;
    }
    int n = BLOCK_Y * EDGE + OWN_COL;
    bool quads = cols % 4 == 0 && quads_at(dx) && (before == ACT_NONE || quads_at(x));
    UNROLL for (int turn = 0; turn < TURNS; turn++) {
        int m = BLOCK_X * EDGE + OWN_ROW(turn);
        if (m < rows && n < cols) {
            if (before != ACT_NONE) {
                const real* from = x + m * cols + n;
#ifndef EDGE_16
                if (quads) {
                    Four given = floats_of(quad_at(from));
                    UNROLL for (int j = 0; j < OWN; j++) {
                        own[turn * OWN + j] *= slope(given.at[j], before);
                    }
                } else
#endif
                UNROLL for (int j = 0; j < OWN; j++) {
                    own[turn * OWN + j] *= n + j < cols ? slope(LOAD(from, j), before) : 0.0f;
                }
            }
            put_own(dx + m * cols + n, own + turn * OWN, cols - n, quads);
        }
    }
}
