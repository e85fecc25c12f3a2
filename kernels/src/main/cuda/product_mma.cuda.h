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
    Walk walk = walk_of(step, stepsOfTap, filterCols, pad, mirrored, tapStride, depthStride);
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
    auto chunksOfX = [&](real* to) {
        bool inside = (u32) (place.row + walk.down) < (u32) height && (u32) (place.col + walk.across) < (u32) width;
        const real* from = x + xFrom + (walk.down * width + walk.across) * depth + walk.t0;
        bring(Together<CHUNK>(), to + spot, from, inside && walk.t0 + t < depth);
        bring(Together<CHUNK>(), to + other, from + ofHalf, inside && walk.t0 + t + ofHalf < depth);
    };
    auto numbersOfX = [&](auto numbers, real* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll 1") for (int k = 0; k < EACH / each; k++) {
            int edge = TURNED_ROW(k, each);
            int ofStep = TURNED_STEP(k, each);
            bool there = BLOCK_X * EDGE + edge < rows && walk.t0 + ofStep < depth;
            int first = there ? under_tap(place_of(BLOCK_X * EDGE + edge, outHeight, outWidth), walk.down, walk.across, height, width,
                    depth) : -1;
            bring(numbers, to + TURNED_SPOT(edge, ofStep), x + (first + walk.t0 + ofStep), first >= 0);
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
    auto chunksOfW = [&](real* to) {
        const real* from = w + walk.w_at + wFrom;
        bring(Together<CHUNK>(), to + spot, from, n < cols && walk.t0 + t < depth);
        bring(Together<CHUNK>(), to + other, from + ofHalf * depthStride, n < cols && walk.t0 + t + ofHalf < depth);
    };
    auto numbersOfW = [&](auto numbers, real* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll 1") for (int k = 0; k < EACH / each; k++) {
            int ofStep = turned ? TURNED_STEP(k, each) : EVEN_STEP(k, each);
            int edge = turned ? TURNED_ROW(k, each) : EVEN_COL(k, each);
            int col = BLOCK_Y * EDGE + edge;
            bring(numbers, to + (turned ? TURNED_SPOT(edge, ofStep) : EVEN_SPOT(ofStep, edge)),
                    w + walk.w_at + ofStep * depthStride + col * colStride, col < cols && walk.t0 + ofStep < depth);
        }
    };
    float acc[DOWN][ACROSS][4] = {};
    u32 leftSpot = side_spot<true>(WARP_ROW, true);
    u32 rightSpot = side_spot<false>(WARP_COL, turned);
    all_steps((real*) memory, ahead, [&](real* to) {
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
        walk_on(&walk, depth, depthStride, filterCols, pad);
    }, [&](const real* sides) {
        u32 left[DOWN][4];
        u32 right[ACROSS / 2][4];
        load_side<true, DOWN>(left, sides, leftSpot, true);
        load_side<false, ACROSS / 2>(right, sides + SIDE, rightSpot, turned);
        multiply(acc, left, right);
    });
    leave(memory, acc);
    own_sums(sums, memory);
}
