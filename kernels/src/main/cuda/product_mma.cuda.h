// The sums of a tile of the product, on tensor cores.

// Far below the last row: the place of what is not there.
#define NO_ROW (1 << 28)

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
    // Half of the threads bring one side each. What can come as chunks is reckoned once: two of a row along the step, or of one column.
    int t = TURNED_STEP(0, CHUNK);
    int m = BLOCK_X * EDGE + TURNED_ROW(0, CHUNK);
    int ofHalf = STEP / 2;
    Place place = place_of(m, outHeight, outWidth);
    int xFrom = ((place.image * height + place.row) * width + place.col) * depth + t;
    place.row = m < rows ? place.row : NO_ROW;
    u32 spot = TURNED_SPOT(TURNED_ROW(0, CHUNK), t);
    u32 other = TURNED_SPOT(TURNED_ROW(1, CHUNK), TURNED_STEP(1, CHUNK));
    auto chunksOfX = [&](u16* to) {
        bool inside = (u32) (place.row + down) < (u32) height && (u32) (place.col + across) < (u32) width;
        const real* from = x + xFrom + (down * width + across) * depth + t0;
        bring(Together<CHUNK>(), to + spot, from, inside && t0 + t < depth);
        bring(Together<CHUNK>(), to + other, from + ofHalf, inside && t0 + t + ofHalf < depth);
    };
    auto numbersOfX = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll 1") for (int k = 0; k < EACH / each; k++) {
            int edge = TURNED_ROW(k, each);
            int ofStep = TURNED_STEP(k, each);
            bool there = BLOCK_X * EDGE + edge < rows && t0 + ofStep < depth;
            int first = there ? under_tap(place_of(BLOCK_X * EDGE + edge, outHeight, outWidth), down, across, height, width, depth) : -1;
            bring(numbers, to + TURNED_SPOT(edge, ofStep), x + (first + t0 + ofStep), first >= 0);
        }
    };
    if (THREAD >= SIDE_THREADS && !turned) {
        t = EVEN_STEP(0, CHUNK);
        spot = EVEN_SPOT(t, EVEN_COL(0, CHUNK));
        other = EVEN_SPOT(EVEN_STEP(1, CHUNK), EVEN_COL(1, CHUNK));
    }
    spot = hidden(spot);
    other = hidden(other);
    int n = BLOCK_Y * EDGE + (turned ? TURNED_ROW(0, CHUNK) : EVEN_COL(0, CHUNK));
    int wFrom = t * depthStride + n * colStride;
    auto chunksOfW = [&](u16* to) {
        const real* from = w + wAt + wFrom;
        bring(Together<CHUNK>(), to + spot, from, n < cols && t0 + t < depth);
        bring(Together<CHUNK>(), to + other, from + ofHalf * depthStride, n < cols && t0 + t + ofHalf < depth);
    };
    auto numbersOfW = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll 1") for (int k = 0; k < EACH / each; k++) {
            int ofStep = turned ? TURNED_STEP(k, each) : EVEN_STEP(k, each);
            int edge = turned ? TURNED_ROW(k, each) : EVEN_COL(k, each);
            int col = BLOCK_Y * EDGE + edge;
            bring(numbers, to + (turned ? TURNED_SPOT(edge, ofStep) : EVEN_SPOT(ofStep, edge)),
                    w + wAt + ofStep * depthStride + col * colStride, col < cols && t0 + ofStep < depth);
        }
    };
    float acc[DOWN][ACROSS][4] = {};
    u32 leftSpot = left_spot(true);
    u32 rightSpot = right_spot(turned);
    all_steps((u16*) memory, ahead, [&](u16* to) {
        if (THREAD < SIDE_THREADS) {
            if (ofX == CHUNK) {
                chunksOfX(to);
            } else if (ofX == 2) {
                numbersOfX(Together<2>(), to);
            } else {
                numbersOfX(Together<1>(), to);
            }
        } else if (ofW == CHUNK) {
            chunksOfW(to + SIDE);
        } else if (ofW == 2) {
            numbersOfW(Together<2>(), to + SIDE);
        } else {
            numbersOfW(Together<1>(), to + SIDE);
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
