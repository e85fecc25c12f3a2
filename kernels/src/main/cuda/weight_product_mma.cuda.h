// The sums of a tile of the gradient, on tensor cores.

// Far below the last row: where the tap of a column that is not there looks.
#define NO_ROW (1 << 28)

DEVICE void put_chunk(real* to, uint4 chunk) {
    asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};" :: "r"((u32) __cvta_generic_to_shared(to)), "r"(chunk.x), "r"(chunk.y),
            "r"(chunk.z), "r"(chunk.w) : "memory");
}

// The numbers of a chunk of pixels that lie `apart` from each other, where `there` says so of one.
template <typename There> DEVICE uint4 chunk_of_pixels(const real* from, int apart, There there) {
    u32 words[4];
    UNROLL for (int i = 0; i < 4; i++) {
#ifdef TF32
        words[i] = number_if(there(i), from + i * apart);
#else
        u16 low = number_if(there(2 * i), from + 2 * i * apart);
        u16 high = number_if(there(2 * i + 1), from + (2 * i + 1) * apart);
        words[i] = low | (u32) high << 16;
#endif
    }
    return make_uint4(words[0], words[1], words[2], words[3]);
}

// What dy adds up to over the step, as load_side brought it: a warp's rows, or its columns. bf16 is multiplied with ones; four lanes share
// the floats of a row or column and add them up as they are: it is factors that are rounded.
#ifdef TF32
DEVICE void add_rows(float sums[ACROSS][4], const u32 left[DOWN][4]) {
    UNROLL for (int i = 0; i < DOWN; i++) {
        sums[i][0] += FLOAT_OF(left[i][0]) + FLOAT_OF(left[i][2]);
        sums[i][2] += FLOAT_OF(left[i][1]) + FLOAT_OF(left[i][3]);
    }
}

DEVICE void add_columns(float sums[ACROSS][4], const u32 right[ACROSS / 2][4]) {
    UNROLL for (int j = 0; j < ACROSS; j++) {
        sums[j][0] += FLOAT_OF(right[j / 2][j % 2 * 2]) + FLOAT_OF(right[j / 2][j % 2 * 2 + 1]);
    }
}

// The sum of four lanes' shares, put by the first of them.
DEVICE void put_shares(float* to, float share) {
    share += __shfl_xor_sync(~0u, share, 1);
    share += __shfl_xor_sync(~0u, share, 2);
    if (LANE % 4 == 0) {
        *to = share;
    }
}

DEVICE void put_rows(float* to, const float sums[ACROSS][4]) {
    UNROLL for (int i = 0; i < DOWN; i++) {
        put_shares(to + i * 16 + LANE / 4, sums[i][0]);
        put_shares(to + i * 16 + LANE / 4 + 8, sums[i][2]);
    }
}

DEVICE void put_columns(float* to, const float sums[ACROSS][4]) {
    UNROLL for (int j = 0; j < ACROSS; j++) {
        put_shares(to + j * 8 + LANE / 4, sums[j][0]);
    }
}
#else
// Two ones.
#define ONES 0x3f803f80u

DEVICE void add_rows(float sums[ACROSS][4], const u32 left[DOWN][4]) {
    const u32 ones[2] = {ONES, ONES};
    UNROLL for (int i = 0; i < DOWN; i++) {
        multiply_matrices(sums[i], left[i], ones);
    }
}

DEVICE void add_columns(float sums[ACROSS][4], const u32 right[ACROSS / 2][4]) {
    const u32 ones[4] = {ONES, ONES, ONES, ONES};
    UNROLL for (int j = 0; j < ACROSS; j++) {
        multiply_matrices(sums[j], ones, right[j / 2] + j % 2 * 2);
    }
}

DEVICE void put_rows(float* to, const float sums[ACROSS][4]) {
    if (LANE % 4 == 0) {
        UNROLL for (int i = 0; i < DOWN; i++) {
            to[i * 16 + LANE / 4] = sums[i][0];
            to[i * 16 + LANE / 4 + 8] = sums[i][2];
        }
    }
}

DEVICE void put_columns(float* to, const float sums[ACROSS][4]) {
    if (LANE < 4) {
        UNROLL for (int j = 0; j < ACROSS; j++) {
            put_two_shared(to + j * 8 + LANE * 2, sums[j][0], sums[j][1]);
        }
    }
}
#endif

// Makes the sums of this thread.
DEVICE void gradient(float own[COUNT], float* memory, const real* RESTRICT x, const real* RESTRICT dy,
        int images, int height, int width, int depth, int outHeight, int outWidth, int filters, int filterRows, int filterCols, int pad,
        int turned, int parts) {
    int features = filterRows * filterCols * depth;
    // Where the numbers of a pixel make no chunks, the side of x is turned, and a thread brings those of a chunk of pixels; the lines of
    // pixels are then as long as whole chunks. Else all pixels are one line.
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
    auto chunkOfX = [&](real* to) {
        bring(Together<CHUNK>(), to, under(), inRow() && inCol(0));
        halfAStepOn();
    };
    auto chunkOfPixels = [&]() {
        bool there = inRow();
        uint4 chunk = chunk_of_pixels(under(), depth, [&](int on) { return there && inCol(on); });
        halfAStepOn();
        return chunk;
    };
    auto bringDy = [&](auto numbers, real* to) {
        const int each = numbers.COUNT_OF;
        const int together = each == CHUNK ? 2 : 1;
        _Pragma("unroll (together)") for (int k = 0; k < EACH / each; k++) {
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
    // dy added up, by the first of the warps that have the same of it.
    float bias[ACROSS][4] = {};
    bool addsRows = f0 == 0 && !turned && WARP_COL == 0;
    bool addsColumns = f0 == 0 && turned && WARP_ROW == 0;
    u32 leftSpot = side_spot<true>(WARP_ROW, turned && alone);
    u32 rightSpot = side_spot<false>(WARP_COL, !turned && alone);
    // One step ahead of the rest, since nothing brings them in the background.
    uint4 pixels0;
    uint4 pixels1;
    if (alone && THREAD >= SIDE_THREADS) {
        pixels0 = chunkOfPixels();
        pixels1 = chunkOfPixels();
    }
    all_steps((real*) memory, ahead, [&](real* to) {
        if (THREAD < SIDE_THREADS) {
            real* side = to + (turned ? SIDE : 0);
            if (ofDy == CHUNK) {
                bringDy(Together<CHUNK>(), side);
            } else if (ofDy == 2) {
                bringDy(Together<2>(), side);
            } else {
                bringDy(Together<1>(), side);
            }
            step++;
        } else {
            real* side = to + (turned ? 0 : SIDE);
            if (alone) {
                put_chunk(side + spot, pixels0);
                put_chunk(side + other, pixels1);
                pixels0 = chunkOfPixels();
                pixels1 = chunkOfPixels();
            } else {
                chunkOfX(side + spot);
                chunkOfX(side + other);
            }
        }
    }, [&](const real* sides) {
        u32 left[DOWN][4];
        u32 right[ACROSS / 2][4];
        load_side<true, DOWN>(left, sides, leftSpot, turned && alone);
        load_side<false, ACROSS / 2>(right, sides + SIDE, rightSpot, !turned && alone);
        if (addsColumns) {
            add_columns(bias, right);
        } else if (addsRows) {
            add_rows(bias, left);
        }
        multiply(acc, left, right);
    });
    own[COUNT - 1] = 0.0f;
    if (f0 == 0) {
        float* sums = memory + WARP_SLICE * EDGE;
        if (addsColumns) {
            put_columns(sums + WARP_COL, bias);
        } else if (addsRows) {
            put_rows(sums + WARP_ROW, bias);
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
