// The sums of a tile of the gradient, on tensor cores.

// Far below the last row: where the tap of a column that is not there looks.
#define NO_ROW (1 << 28)

// Two ones.
#define ONES 0x3f803f80u

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
    int ofDy = together(filters, dy);
    int ofX = together(depth, x);
    // Half of the threads bring one side each. However many numbers a thread brings at a time, all it brings are of the same columns.
    int col = at_of(0, ofX, EDGE, false);
    Place place = place_of(step * STEP + row_of(0, ofX, EDGE, false), outHeight, outWidth);
    int tap = (f0 + col) / depth;
    int down = f0 + col < features ? tap / filterCols - pad : NO_ROW;
    int across = tap % filterCols - pad;
    int ownX = ((tap / filterCols - pad) * width + across) * depth + f0 + col - tap * depth;
    int rowsOfX = SIDE_THREADS * ofX / EDGE;
    int moreCols = rowsOfX % outWidth;
    int moreRows = rowsOfX / outWidth % outHeight;
    int moreImages = rowsOfX / outWidth / outHeight;
    auto bringX = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        UNROLL for (int k = 0; k < EACH / each; k++) {
            bool inside = (u32) (place.row + down) < (u32) height && (u32) (place.col + across) < (u32) width && place.image < images;
            bring(numbers, to + EVEN_SPOT(row_of(k, each, EDGE, false), at_of(k, each, EDGE, false)),
                    x + ((place.image * height + place.row) * width + place.col) * depth + ownX, inside);
            place.col += moreCols;
            int over = place.col >= outWidth ? 1 : 0;
            place.col -= over * outWidth;
            place.row += moreRows + over;
            over = place.row >= outHeight ? 1 : 0;
            place.row -= over * outHeight;
            place.image += moreImages + over;
        }
    };
    auto bringDy = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll (each / 8 + 1)") for (int k = 0; k < EACH / each; k++) {
            int row = row_of(k, each, EDGE, false);
            int at = at_of(k, each, EDGE, false);
            int p = step * STEP + row;
            bring(numbers, to + EVEN_SPOT(row, at), dy + p * filters + k0 + at, p < pixels && k0 + at < filters);
        }
    };
    float acc[DOWN][ACROSS][4] = {};
    // The columns of dy are added up by ones on its other side.
    float bias[ACROSS][4] = {};
    u32 leftSpot = left_spot(false);
    u32 rightSpot = right_spot(false);
    all_steps((u16*) memory, ahead, [&](u16* to) {
        if (THREAD < SIDE_THREADS) {
            u16* side = to + (turned ? SIDE : 0);
            if (ofDy == CHUNK) {
                bringDy(Together<CHUNK>(), side);
            } else if (ofDy == 2) {
                bringDy(Together<2>(), side);
            } else {
                bringDy(Together<1>(), side);
            }
            step++;
        } else {
            u16* side = to + (turned ? 0 : SIDE);
            if (ofX == CHUNK) {
                bringX(Together<CHUNK>(), side);
            } else if (ofX == 2) {
                bringX(Together<2>(), side);
            } else {
                bringX(Together<1>(), side);
            }
        }
    }, [&](const u16* sides) {
        u32 left[DOWN][4];
        u32 right[ACROSS / 2][4];
        load_side<DOWN>(left, sides, leftSpot, false);
        load_side<ACROSS / 2>(right, sides + SIDE, rightSpot, false);
        multiply(acc, left, right);
        const u32 ones[4] = {ONES, ONES, ONES, ONES};
        if (f0 == 0 && turned && WARP_ROW == 0) {
            UNROLL for (int j = 0; j < ACROSS; j++) {
                multiply_matrices(bias[j], ones, right[j / 2] + j % 2 * 2);
            }
        } else if (f0 == 0 && !turned && WARP_COL == 0) {
            UNROLL for (int i = 0; i < DOWN; i++) {
                multiply_matrices(bias[i], left[i], ones);
            }
        }
    });
    own[COUNT - 1] = 0.0f;
    if (f0 == 0) {
        float* sums = memory + WARP_SLICE * EDGE;
        if (turned && WARP_ROW == 0 && LANE < 4) {
            UNROLL for (int j = 0; j < ACROSS; j++) {
                put_two_shared(sums + WARP_COL + j * 8 + LANE * 2, bias[j][0], bias[j][1]);
            }
        } else if (!turned && WARP_COL == 0 && LANE % 4 == 0) {
            UNROLL for (int i = 0; i < DOWN; i++) {
                sums[WARP_ROW + i * 16 + LANE / 4] = bias[i][0];
                sums[WARP_ROW + i * 16 + LANE / 4 + 8] = bias[i][2];
            }
        }
        SYNC();
        if (THREAD < EDGE) {
            UNROLL for (int s = 0; s < SLICES; s++) {
                own[COUNT - 1] += memory[s * EDGE + THREAD];
            }
        }
        SYNC();
    }
    leave(memory, acc);
    own_sums(own, memory);
}
