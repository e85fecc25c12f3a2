#include "mma.cuda.h"
#include "activate.cuda.h"

// The convolution of conv_first.cuda.h on tensor cores: a block makes the same pixels, a warp a row of them for all WIDE filters.
//
// The sum has 3 x 4 x 4 numbers, of which 3 x 3 x 3 are not zero: a pixel has a fourth channel, and a row of a filter a fourth tap. So one row
// of a filter is what one instruction multiplies, and whatever a lane needs of a pixel lies side by side: the order of the sum is free, and
// lane t of four takes tap t. The filters' is, too: a lane gets eight that lie side by side.

#undef KERNEL_AS
#define KERNEL_AS(name) extern "C" __global__ void __launch_bounds__(256, 3) name

// Of pixels and filters.
#define TAPS 4
#define LINE (COLS + FILTER - 1)
#define LINES (ROWS + FILTER - 1)
// Matrices of eight filters.
#define ACROSS (WIDE / 8)
// Filters of a lane.
#define OWN (2 * ACROSS)

DEVICE uint2 pixel_of(const real* from, bool there) {
    u32 number[DEPTH];
    UNROLL
    for (int c = 0; c < DEPTH; c++) {
        number[c] = number_if(there, from + c);
    }
    return make_uint2(number[0] | number[1] << 16, number[2]);
}

KERNEL(conv_first)(GLOBAL real* RESTRICT y, GLOBAL const real* RESTRICT x, GLOBAL const real* RESTRICT w,
        GLOBAL const float* RESTRICT bias, int images, int height, int width, int outHeight, int outWidth, int cols, int pad,
        int activation) {
    SHARED uint2 under[LINES * LINE];
    SHARED uint2 filters[FILTER * ACROSS * WARP];
    SHARED __align__(16) float add[WIDE];
    int across = (outWidth + COLS - 1) / COLS;
    int down = (outHeight + ROWS - 1) / ROWS;
    int line = BLOCK_X / across;
    int q0 = (BLOCK_X - line * across) * COLS;
    int image = line / down;
    int p0 = (line - image * down) * ROWS;
    int n0 = BLOCK_Y * WIDE;
    for (u32 i = THREAD; i < LINES * LINE; i += THREADS) {
        int row = p0 - pad + i / LINE;
        int col = q0 - pad + i % LINE;
        bool inside = (u32) row < (u32) height && (u32) col < (u32) width;
        under[i] = pixel_of(x + ((image * height + row) * width + col) * DEPTH, inside);
    }
    for (u32 i = THREAD; i < FILTER * ACROSS * WARP; i += THREADS) {
        u32 lane = i % WARP;
        u32 tap = lane % TAPS;
        int n = n0 + lane / TAPS / 2 * OWN + i / WARP % ACROSS * 2 + lane / TAPS % 2;
        const real* from = w + (n * FILTER + i / (ACROSS * WARP)) * FILTER * DEPTH + tap * DEPTH;
        filters[i] = pixel_of(from, n < cols && tap < FILTER);
    }
    if (THREAD < WIDE) {
        add[THREAD] = n0 + THREAD < cols ? bias[n0 + THREAD] : 0.0f;
    }
    SYNC();
    u32 right[FILTER][ACROSS][2];
    UNROLL
    for (int r = 0; r < FILTER; r++) {
        UNROLL
        for (int j = 0; j < ACROSS; j++) {
            uint2 both = filters[(r * ACROSS + j) * WARP + LANE];
            right[r][j][0] = both.x;
            right[r][j][1] = both.y;
        }
    }
    u32 tap = LANE % TAPS;
    // What is under the fourth tap counts for nothing, even if it is no number.
    u32 mask = tap < FILTER ? ~0u : 0;
    int n = n0 + tap * OWN;
    int row = THREAD / WARP;
    _Pragma("unroll 1")
    for (int group = 0; group < COLS; group += 16) {
        float sum[ACROSS][4];
        UNROLL
        for (int j = 0; j < ACROSS; j += 2) {
            Four four = four_of(add, tap * OWN + j * 2);
            UNROLL
            for (int k = 0; k < 4; k++) {
                sum[j][k] = four.at[k % 2];
                sum[j + 1][k] = four.at[2 + k % 2];
            }
        }
        UNROLL
        for (int r = 0; r < FILTER; r++) {
            const uint2* from = under + (row + r) * LINE + group + LANE / 4 + (tap < FILTER ? tap : 0);
            u32 left[4] = {from[0].x & mask, from[8].x & mask, from[0].y & mask, from[8].y & mask};
            UNROLL
            for (int j = 0; j < ACROSS; j++) {
                multiply_matrices(sum[j], left, right[r][j]);
            }
        }
        UNROLL
        for (int k = 0; k < 4; k += 2) {
            int q = q0 + group + LANE / 4 + k * 4;
            if (p0 + row < outHeight && q < outWidth && n < cols) {
                float own[OWN];
                UNROLL
                for (int j = 0; j < OWN; j++) {
                    own[j] = sum[j / 2][k + j % 2];
                }
                activate(own, activation);
                real* to = y + ((image * outHeight + p0 + row) * outWidth + q) * cols + n;
                if (cols % OWN == 0) {
                    *(uint4*) to = make_uint4(pair_of(own[0], own[1]), pair_of(own[2], own[3]), pair_of(own[4], own[5]),
                            pair_of(own[6], own[7]));
                } else {
                    UNROLL
                    for (int j = 0; j < OWN; j++) {
                        if (n + j < cols) {
                            STORE(to, j, own[j]);
                        }
                    }
                }
            }
        }
    }
}
