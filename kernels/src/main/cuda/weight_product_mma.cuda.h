// The sums of a tile of the gradient, on tensor cores.

// Far below the last row: where the tap of a column that is not there looks.
#define NO_ROW (1 << 28)

// Two ones.
#define ONES 0x3f803f80u

DEVICE void put_chunk(u16* to, uint4 chunk) {
    asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};" :: "r"((u32) __cvta_generic_to_shared(to)), "r"(chunk.x), "r"(chunk.y),
            "r"(chunk.z), "r"(chunk.w) : "memory");
}

// Makes the sums of this thread.
DEVICE void gradient(float own[COUNT], float* memory, const real* RESTRICT x, const real* RESTRICT dy,
        int images, int height, int width, int depth, int outHeight, int outWidth, int filters, int filterRows, int filterCols, int pad,
        int turned, int parts) {
    int features = filterRows * filterCols * depth;
    // Where the numbers of a pixel make no chunks, the side of x is turned, and a thread brings those of eight pixels side by side; the
    // lines of pixels are then as long as whole eights. Else all pixels are one line.
    bool alone = together(depth, x) != CHUNK;
    int line = alone ? outWidth : images * outHeight * outWidth;
    int lines = alone ? images * outHeight : 1;
    int longLine = alone ? (outWidth + CHUNK - 1) / CHUNK * CHUNK : line;
    int steps = (lines * longLine + STEP - 1) / STEP;
    int step = (int) ((long long) steps * BLOCK_Z / parts);
    int ahead = (int) ((long long) steps * (BLOCK_Z + 1) / parts) - step;
    int k0 = (turned ? BLOCK_Y : BLOCK_X) * EDGE;
    int f0 = (turned ? BLOCK_X : BLOCK_Y) * EDGE;
    int ofDy = together(filters, dy);
    // Half of the threads bring one side each; what a thread brings of x is all of one column, twice in a step.
    int first = alone ? TURNED_STEP(0, CHUNK) : EVEN_STEP(0, CHUNK);
    int col = alone ? TURNED_ROW(0, CHUNK) : EVEN_COL(0, CHUNK);
    u32 spot = hidden(alone ? TURNED_SPOT(col, first) : EVEN_SPOT(first, col));
    u32 other = hidden(alone ? TURNED_SPOT(col, first + STEP / 2) : EVEN_SPOT(first + STEP / 2, col));
    int placed = alone ? longLine : outWidth;
    Place place = place_of(step * STEP + first, outHeight, placed);
    int tap = (f0 + col) / depth;
    int down = f0 + col < features ? tap / filterCols - pad : NO_ROW;
    int across = tap % filterCols - pad;
    int ownX = ((tap / filterCols - pad) * width + across) * depth + f0 + col - tap * depth;
    Place stride = {STEP / 2 / placed / outHeight, STEP / 2 / placed % outHeight, STEP / 2 % placed};
    auto under = [&]() {
        return x + ((place.image * height + place.row) * width + place.col) * depth + ownX;
    };
    auto inRow = [&]() {
        return (u32) (place.row + down) < (u32) height && place.image < images;
    };
    // The columns whose tap is in the image; those of a long line's end are of no pixel.
    int begin = across < 0 ? -across : 0;
    int inside = (outWidth < width - across ? outWidth : width - across) - begin;
    auto inCol = [&](int on) {
        return (u32) (place.col - begin + on) < (u32) (inside < 0 ? 0 : inside);
    };
    auto halfAStepOn = [&]() {
        move_on(&place, stride, outHeight, placed);
    };
    auto chunkOfX = [&](u16* to) {
        bring(Together<CHUNK>(), to, under(), inRow() && inCol(0));
        halfAStepOn();
    };
    // The numbers of eight pixels, two in a word.
    auto eightPixels = [&]() {
        u32 words[CHUNK / 2];
        const real* from = under();
        bool there = inRow();
        UNROLL for (int j = 0; j < CHUNK; j += 2) {
            u16 low = number_if(there && inCol(j), from + j * depth);
            u16 high = number_if(there && inCol(j + 1), from + (j + 1) * depth);
            words[j / 2] = low | (u32) high << 16;
        }
        halfAStepOn();
        return make_uint4(words[0], words[1], words[2], words[3]);
    };
    auto bringDy = [&](auto numbers, u16* to) {
        const int each = numbers.COUNT_OF;
        _Pragma("unroll (each / 8 + 1)") for (int k = 0; k < EACH / each; k++) {
            int row = EVEN_STEP(k, each);
            int at = EVEN_COL(k, each);
            int p = step * STEP + row;
            int lineOfP = alone ? p / longLine : 0;
            int inLine = p - lineOfP * longLine;
            bool there = lineOfP < lines && inLine < line && k0 + at < filters;
            bring(numbers, to + EVEN_SPOT(row, at), dy + (lineOfP * line + inLine) * filters + k0 + at, there);
        }
    };
    float acc[DOWN][ACROSS][4] = {};
    // The columns of dy are added up by ones on its other side.
    float bias[ACROSS][4] = {};
    u32 leftSpot = left_spot(turned && alone);
    u32 rightSpot = right_spot(!turned && alone);
    // One step ahead of the rest, since nothing brings them in the background.
    uint4 pixels0;
    uint4 pixels1;
    if (alone && THREAD >= SIDE_THREADS) {
        pixels0 = eightPixels();
        pixels1 = eightPixels();
    }
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
            if (alone) {
                put_chunk(side + spot, pixels0);
                put_chunk(side + other, pixels1);
                pixels0 = eightPixels();
                pixels1 = eightPixels();
            } else {
                chunkOfX(side + spot);
                chunkOfX(side + other);
            }
        }
    }, [&](const u16* sides) {
        u32 left[DOWN][4];
        u32 right[ACROSS / 2][4];
        load_side<DOWN>(left, sides, leftSpot, turned && alone);
        load_side<ACROSS / 2>(right, sides + SIDE, rightSpot, !turned && alone);
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
