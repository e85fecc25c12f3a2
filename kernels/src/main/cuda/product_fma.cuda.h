// The sums of a tile of the product, each thread for itself.

// Far below the last row: the place of what is not there.
#define NO_ROW (1 << 14)

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
            int row = (rowAndCol >> 16) + walk.down;
            int col = (rowAndCol & 0xffff) + walk.across;
            bool inside = row >= 0 && row < height && col >= 0 && col < width;
            if (inside && walk.t0 + TURNED_STEP(hidden(THREAD)) < depth) {
                a = quad_at(x + (walk.down * width + walk.across) * depth + walk.t0 + ownX);
            }
        }
        if (quadsOfW) {
            int thread = hidden(THREAD);
            int t = walk.t0 + (turned ? TURNED_STEP(thread) : EVEN_STEP(thread));
            int n = BLOCK_Y * EDGE + (turned ? TURNED_ROW(thread) : EVEN_COL(thread));
            if (t < depth && n < cols) {
                b = quad_at(w + walk.w_at + ownW);
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
                int first = m < rows && walk.t0 + t < depth
                        ? under_tap(place_of(m, outHeight, outWidth), walk.down, walk.across, height, width, depth) : -1;
                left[PLACE(t, edge)] = first < 0 ? 0.0f : LOAD(x, first + walk.t0 + t);
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
                bool inside = BLOCK_Y * EDGE + n < cols && walk.t0 + t < depth;
                right[PLACE(t, n)] = inside ? LOAD(w, walk.w_at + t * depthStride + (BLOCK_Y * EDGE + n) * colStride) : 0.0f;
            }
        }
        walk_on(&walk, depth, depthStride, filterCols, pad);
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
    leave(memory, acc);
    own_sums(sums, memory);
}
