// The sums of a tile of the gradient, each thread for itself.

// Far below the last row: where the tap of a column that is not there looks.
#define NO_ROW (1 << 28)

// Worked out where they are needed: there are no registers to keep them in.
#define SIDE_OF_DY (memory + (turned ? SIDE : 0))
#define SIDE_OF_X (memory + (turned ? 0 : SIDE))

// Groups of threads that add up a column of dy each.
#define GROUPS (BLOCK_THREADS / EDGE)

// Makes the sums of this thread.
DEVICE void gradient(float own[COUNT], float* memory, const real* RESTRICT x, const real* RESTRICT dy,
        int images, int height, int width, int depth, int outHeight, int outWidth, int filters, int filterRows, int filterCols, int pad,
        int turned, int parts) {
    int features = filterRows * filterCols * depth;
    int pixels = images * outHeight * outWidth;
    int steps = (pixels + STEP - 1) / STEP;
    int step = (int) ((long long) steps * BLOCK_Z / parts);
    int ahead = (int) ((long long) steps * (BLOCK_Z + 1) / parts) - step;
    int k0 = (turned ? BLOCK_Y : BLOCK_X) * EDGE;
    int f0 = (turned ? BLOCK_X : BLOCK_Y) * EDGE;
    bool quadsOfDy = filters % 4 == 0 && quads_at(dy);
    bool quadsOfX = depth % 4 == 0 && quads_at(x);
    // The pixel whose numbers the thread brings next, and where under its tap they lie.
    Place place = place_of(step * STEP + EVEN_STEP(THREAD), outHeight, outWidth);
    int ownDy = (step * STEP + EVEN_STEP(THREAD)) * filters + k0 + EVEN_COL(THREAD);
    int tap = (f0 + EVEN_COL(THREAD)) / depth;
    int down = f0 + EVEN_COL(THREAD) < features ? tap / filterCols - pad : NO_ROW;
    int across = tap % filterCols - pad;
    int ownX = ((tap / filterCols - pad) * width + across) * depth + f0 + EVEN_COL(THREAD) - tap * depth;
    Place stride = {STEP / outWidth / outHeight, STEP / outWidth % outHeight, STEP % outWidth};
    float acc[EACH_ROWS][4];
    UNROLL for (int i = 0; i < EACH_ROWS; i++) {
        UNROLL for (int j = 0; j < 4; j++) {
            acc[i][j] = 0.0f;
        }
    }
    float biasSum = 0.0f;
    Quad a;
    Quad b;
    auto fetch = [&]() {
        a = no_quad();
        b = no_quad();
        if (quadsOfDy && place.image < images && k0 + EVEN_COL(hidden(THREAD)) < filters) {
            a = quad_at(dy + ownDy);
        }
        if (quadsOfX && place.image < images) {
            int row = place.row + down;
            int col = place.col + across;
            if ((u32) row < (u32) height && (u32) col < (u32) width) {
                b = quad_at(x + ((place.image * height + place.row) * width + place.col) * depth + ownX);
            }
        }
        ownDy += STEP * filters;
        move_on(&place, stride, outHeight, outWidth);
    };
    auto put = [&](int at) {
        if (quadsOfDy) {
            put_even(SIDE_OF_DY + at, a, hidden(THREAD));
        } else {
            ONE_BY_ONE(k, thread) {
                int p = step * STEP + EVEN_STEP_OF(k, thread);
                int m = EVEN_COL_OF(k, thread);
                SIDE_OF_DY[at + PLACE(EVEN_STEP_OF(k, thread), m)] = p < pixels && k0 + m < filters ? LOAD(dy, p * filters + k0 + m) : 0.0f;
            }
        }
        if (quadsOfX) {
            put_even(SIDE_OF_X + at, b, hidden(THREAD));
        } else {
            ONE_BY_ONE(k, thread) {
                int p = step * STEP + EVEN_STEP_OF(k, thread);
                int f = f0 + EVEN_COL_OF(k, thread);
                int first = -1;
                if (p < pixels && f < features) {
                    first = under_tap(place_of(p, outHeight, outWidth), f / depth / filterCols - pad, f / depth % filterCols - pad,
                            height, width, depth);
                }
                SIDE_OF_X[at + PLACE(EVEN_STEP_OF(k, thread), EVEN_COL_OF(k, thread))] = first < 0 ? 0.0f : LOAD(x, first + f % depth);
            }
        }
        step++;
        SYNC();
    };
    auto take = [&](int at) {
        multiply(acc, memory + at, memory + SIDE + at);
        if (f0 == 0) {
            int thread = hidden(THREAD);
            // One after the other: side by side they would take registers from the sums.
            _Pragma("unroll 1") for (int k = 0; k < STEP; k += GROUPS) {
                biasSum += SIDE_OF_DY[at + PLACE(k + thread / EDGE, thread % EDGE)];
            }
        }
    };
    fetch();
    put(0);
    int at = 0;
    for (; ahead > 1; ahead--) {
        fetch();
        take(at);
        at ^= 2 * SIDE;
        put(at);
    }
    take(at);
    SYNC();
    own[COUNT - 1] = 0.0f;
    if (f0 == 0) {
        memory[THREAD] = biasSum;
        SYNC();
        if (THREAD < EDGE) {
            UNROLL for (int g = 0; g < GROUPS; g++) {
                own[COUNT - 1] += memory[g * EDGE + THREAD];
            }
        }
        SYNC();
    }
    leave(memory, acc);
    own_sums(own, memory);
}
