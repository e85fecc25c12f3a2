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
    int thread = THREAD % SIDE_THREADS;
    Place place = place_of(BLOCK_X * EDGE + TURNED_ROW(thread * CHUNK), outHeight, outWidth);
    auto bringX = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll 1") for (int k = 0; k < CHUNK / each; k++) {
            int i = (k * SIDE_THREADS + thread) * each;
            int m = BLOCK_X * EDGE + TURNED_ROW(i);
            int t = TURNED_STEP(i);
            Place at = each == CHUNK ? place : place_of(m, outHeight, outWidth);
            bool inside = (u32) (at.row + down) < (u32) height && (u32) (at.col + across) < (u32) width;
            int from = ((at.image * height + at.row) * width + at.col) * depth + t + (down * width + across) * depth + t0;
            bring(numbers, to + TURNED_SPOT(TURNED_ROW(i), t), x + from, inside && m < rows && t0 + t < depth);
        }
    };
    auto bringW = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll 1") for (int k = 0; k < CHUNK / each; k++) {
            int i = (k * SIDE_THREADS + thread) * each;
            int t = turned ? TURNED_STEP(i) : EVEN_STEP(i);
            int n = turned ? TURNED_ROW(i) : EVEN_COL(i);
            int from = wAt + t * depthStride + (BLOCK_Y * EDGE + n) * colStride;
            bring(numbers, to + (turned ? TURNED_SPOT(n, t) : EVEN_SPOT(t, n)), w + from, BLOCK_Y * EDGE + n < cols && t0 + t < depth);
        }
    };
    float acc[DOWN][ACROSS][4] = {};
    int leftSpot = left_spot(true);
    int rightSpot = right_spot(turned);
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
    }, [&](const u16* stage) {
        u32 left[DOWN][4];
        u32 right[ACROSS / 2][4];
        load_side<DOWN>(left, stage, leftSpot, true);
        load_side<ACROSS / 2>(right, stage, rightSpot, turned);
        multiply(acc, left, right);
    });
    leave(memory, acc);
    own_sums(sums, memory);
}
