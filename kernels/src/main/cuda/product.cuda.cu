#include "portable.h"
#include "activation.h"
#include "matmul_place.h"
#include "tile.cuda.h"

#define COUNT (TURNS * OWN)
#include "parts.cuda.h"

// The matrix product behind convolution and dense layer, whole in one launch:
//   y[m, n] = sum over taps and t of x[pixel of m under the tap, t] * w[tap * tapStride + t * depthStride + n * colStride]
// A block makes a tile of it, or one part of a tile's sum. w is read as it lies: its rows may be those of t, or with colStride other than 1
// those of n, and then depthStride is 1.

// Far below the last row: the place of what is not there.
#define NO_ROW (1 << 14)

// Makes the sums of this thread; returns whether it has them, and not another block.
DEVICE bool product(float sums[COUNT], float* memory, float* partials, int* arrivals, const real* RESTRICT x, const real* RESTRICT w,
        int images, int height, int width, int depth, int outHeight, int outWidth, int cols, int filterRows, int filterCols, int pad,
        int mirrored, int tapStride, int depthStride, int colStride, int parts) {
    int rows = images * outHeight * outWidth;
    int stepsOfTap = (depth + STEP - 1) / STEP;
    int steps = filterRows * filterCols * stepsOfTap;
    int step = (int) ((long long) steps * BLOCK_Z / parts);
    int ahead = (int) ((long long) steps * (BLOCK_Z + 1) / parts) - step;
    int tap = step / stepsOfTap;
    int t0 = (step - tap * stepsOfTap) * STEP;
    int wAt = tap * tapStride + t0 * depthStride;
    int toNextTap = tapStride - (stepsOfTap - 1) * STEP * depthStride;
    int next = mirrored ? -1 : 1;
    int down = next * (tap / filterCols - pad);
    int across = next * (tap % filterCols - pad);
    bool turned = colStride != 1;
    bool quadsOfX = depth % 4 == 0 && quads_at(x);
    bool quadsOfW = (turned ? depth | colStride : cols | depthStride) % 4 == 0 && tapStride % 4 == 0 && quads_at(w);
    // What the thread brings as quads; nothing of a row that is not there.
    Place place = place_of(BLOCK_X * EDGE + TURNED_ROW(THREAD), outHeight, outWidth);
    int ownX = ((place.image * height + place.row) * width + place.col) * depth + TURNED_STEP(THREAD);
    // Both in one register.
    int rowAndCol = (BLOCK_X * EDGE + TURNED_ROW(THREAD) < rows ? place.row : NO_ROW) << 16 | place.col;
    int ownStep = turned ? TURNED_STEP(THREAD) : EVEN_STEP(THREAD);
    int ownW = (BLOCK_Y * EDGE + (turned ? TURNED_ROW(THREAD) : EVEN_COL(THREAD))) * colStride + ownStep * depthStride;
    float acc[EACH_ROWS][4];
    UNROLL for (int i = 0; i < EACH_ROWS; i++) {
        UNROLL for (int j = 0; j < 4; j++) {
            acc[i][j] = 0.0f;
        }
    }
    Quad a;
    Quad b;
    // Brings the thread's share of a step as far as its registers, if it comes in quads.
    auto fetch = [&]() {
        a = no_quad();
        b = no_quad();
        if (quadsOfX) {
            int row = (rowAndCol >> 16) + down;
            int col = (rowAndCol & 0xffff) + across;
            bool inside = row >= 0 && row < height && col >= 0 && col < width;
            if (inside && t0 + TURNED_STEP(hidden(THREAD)) < depth) {
                a = quad_at(x + (down * width + across) * depth + t0 + ownX);
            }
        }
        if (quadsOfW) {
            int thread = hidden(THREAD);
            int t = t0 + (turned ? TURNED_STEP(thread) : EVEN_STEP(thread));
            int n = BLOCK_Y * EDGE + (turned ? TURNED_ROW(thread) : EVEN_COL(thread));
            if (t < depth && n < cols) {
                b = quad_at(w + wAt + ownW);
            }
        }
    };
    // Takes it from there to shared memory, or straight from where it lies; then the next step's turn has come.
    auto put = [&](float* left, float* right) {
        if (quadsOfX) {
            put_turned(left, a);
        } else {
            ONE_BY_ONE(k, thread) {
                int edge = TURNED_ROW_OF(k, thread);
                int m = BLOCK_X * EDGE + edge;
                int t = TURNED_STEP_OF(k, thread);
                int first = m < rows && t0 + t < depth
                        ? under_tap(place_of(m, outHeight, outWidth), down, across, height, width, depth) : -1;
                left[PLACE(t, edge)] = first < 0 ? 0.0f : LOAD(x, first + t0 + t);
            }
        }
        if (quadsOfW && turned) {
            put_turned(right, b);
        } else if (quadsOfW) {
            put_even(right, b, THREAD);
        } else {
            ONE_BY_ONE(k, thread) {
                int n = turned ? TURNED_ROW_OF(k, thread) : EVEN_COL_OF(k, thread);
                int t = turned ? TURNED_STEP_OF(k, thread) : EVEN_STEP_OF(k, thread);
                bool inside = BLOCK_Y * EDGE + n < cols && t0 + t < depth;
                right[PLACE(t, n)] = inside ? LOAD(w, wAt + t * depthStride + (BLOCK_Y * EDGE + n) * colStride) : 0.0f;
            }
        }
        t0 += STEP;
        wAt += t0 < depth ? STEP * depthStride : toNextTap;
        if (t0 >= depth) {
            t0 = 0;
            across += next;
            if (across == next * (filterCols - pad)) {
                across = -next * pad;
                down += next;
            }
        }
        SYNC();
    };
    fetch();
    put(memory, memory + SIDE);
    // What was brought is multiplied while the next comes.
    int side = 0;
    for (; ahead > 1; ahead--) {
        fetch();
        multiply(acc, memory + side, memory + side + SIDE);
        side = 2 * SIDE - side;
        put(memory + side, memory + side + SIDE);
    }
    multiply(acc, memory + side, memory + side + SIDE);
    SYNC();
    exchange(sums, acc, memory);
    int tile = BLOCK_Y * ((rows + EDGE - 1) / EDGE) + BLOCK_X;
    return add_parts(sums, parts_of(partials, arrivals, tile, BLOCK_Z, parts));
}

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
    SHARED __align__(16) float memory[TILE_MEMORY];
    float own[COUNT];
    if (!product(own, memory, partials, arrivals, x, w, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols,
            pad, mirrored, tapStride, depthStride, colStride, parts)) {
        return;
    }
    int rows = images * outHeight * outWidth;
    int n = BLOCK_Y * EDGE + OWN_COL;
    bool quads = cols % 4 == 0 && quads_at(y);
    float add[OWN];
    UNROLL for (int j = 0; j < OWN; j++) {
        add[j] = n + j < cols ? bias[n + j] : 0.0f;
    }
    UNROLL for (int turn = 0; turn < TURNS; turn++) {
        int m = BLOCK_X * EDGE + OWN_ROW(turn);
        if (m < rows && n < cols) {
            UNROLL for (int j = 0; j < OWN; j++) {
                own[turn * OWN + j] = activated(own[turn * OWN + j] + add[j], activation);
            }
            put_own(y + m * cols + n, own + turn * OWN, cols - n, quads);
        }
    }
}

KERNEL(product_bwd)(GLOBAL real* RESTRICT dx, GLOBAL float* RESTRICT partials, GLOBAL int* RESTRICT arrivals,
        GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT w, GLOBAL const real* RESTRICT x,
        int images, int height, int width, int depth, int outHeight, int outWidth, int cols, int filterRows, int filterCols, int pad,
        int mirrored, int tapStride, int depthStride, int colStride, int parts, int before) {
    SHARED __align__(16) float memory[TILE_MEMORY];
    float own[COUNT];
    if (!product(own, memory, partials, arrivals, dy, w, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols,
            pad, mirrored, tapStride, depthStride, colStride, parts)) {
        return;
    }
    int rows = images * outHeight * outWidth;
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
