// The sums of a tile of the product, on tensor cores.

// Makes the sums of this thread.
DEVICE void product(float sums[COUNT], float* memory, const real* RESTRICT x, const real* RESTRICT w,
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
    int ofX = together(depth, x);
    int ofW = together((turned ? depth | colStride : cols | depthStride) | tapStride, w);
    // Half of the threads bring one side each.
    Place place = place_of(BLOCK_X * EDGE + row_of(0, CHUNK, STEP, true), outHeight, outWidth);
    auto bringX = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll (each / 8 + 1)") for (int k = 0; k < EACH / each; k++) {
            int edge = row_of(k, each, STEP, true);
            int t = at_of(k, each, STEP, true);
            Place at = each == CHUNK ? place : place_of(BLOCK_X * EDGE + edge, outHeight, outWidth);
            bool inside = (u32) (at.row + down) < (u32) height && (u32) (at.col + across) < (u32) width && BLOCK_X * EDGE + edge < rows;
            int from = ((at.image * height + at.row + down) * width + at.col + across) * depth + t0 + t;
            bring(numbers, to + TURNED_SPOT(edge, t), x + from, inside && t0 + t < depth);
        }
    };
    auto bringW = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll (each / 8 + 1)") for (int k = 0; k < EACH / each; k++) {
            int row = row_of(k, each, turned ? STEP : EDGE, turned);
            int at = at_of(k, each, turned ? STEP : EDGE, turned);
            int t = turned ? at : row;
            int n = BLOCK_Y * EDGE + (turned ? row : at);
            int spot = turned ? TURNED_SPOT(row, at) : EVEN_SPOT(row, at);
            bring(numbers, to + spot, w + wAt + t * depthStride + n * colStride, n < cols && t0 + t < depth);
        }
    };
    float acc[DOWN][ACROSS][4] = {};
    u32 leftSpot = left_spot(true);
    u32 rightSpot = right_spot(turned);
    all_steps((u16*) memory, ahead, [&](u16* to) {
        if (THREAD < SIDE_THREADS) {
            if (ofX == CHUNK) {
                bringX(Together<CHUNK>(), to);
            } else if (ofX == 2) {
                bringX(Together<2>(), to);
            } else {
                bringX(Together<1>(), to);
            }
        } else if (ofW == CHUNK) {
            bringW(Together<CHUNK>(), to + SIDE);
        } else if (ofW == 2) {
            bringW(Together<2>(), to + SIDE);
        } else {
            bringW(Together<1>(), to + SIDE);
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
    }, [&](const u16* sides) {
        u32 left[DOWN][4];
        u32 right[ACROSS / 2][4];
        load_side<DOWN>(left, sides, leftSpot, true);
        load_side<ACROSS / 2>(right, sides + SIDE, rightSpot, turned);
        multiply(acc, left, right);
    });
    leave(memory, acc);
    own_sums(sums, memory);
}
