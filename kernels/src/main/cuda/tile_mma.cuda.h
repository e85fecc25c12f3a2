// A tile on tensor cores, of compute capability 8.0 and up.
//
// Four steps have a place in shared memory, so that three are on their way while one is multiplied. The warps stand WARPS_DOWN by
// WARPS_ACROSS over the tile, and in SLICES behind each other; each multiplies two chunks of the sum in every step, and the slices' sums
// are added at the end. A side lies in memory as it comes, along the step (turned) or along the edge, in chunks of 16 bytes, the
// chunks of a row exchanged such that neither writes nor loads meet in a bank.

// With registers for as many blocks of a multiprocessor as whoever includes this says.
#undef KERNEL_AS
#define KERNEL_AS(name) extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, BLOCKS_AT_ONCE) name

#define CHUNK PACK
#define STAGES 4

// Numbers of a side, which half of the threads bring. With bf16 a step is twice as long as those by which the parts are counted: where
// there are many parts, some may be empty.
#define SIDE (256 * CHUNK)
#define STEP (SIDE / EDGE)
#define SIDE_THREADS (BLOCK_THREADS / 2)
#define SIDE_THREAD ((u32) THREAD % SIDE_THREADS)
#define EACH (SIDE / SIDE_THREADS)

// Matrices of 16 rows, and of eight columns, that a warp makes.
#define DOWN (EDGE == 64 ? 2 : 1)
#define ACROSS (EDGE == 16 ? 2 : 4)
#define WARPS_DOWN (EDGE / (16 * DOWN))
#define WARPS_ACROSS (EDGE / (8 * ACROSS))
#define SLICES (8 / (WARPS_DOWN * WARPS_ACROSS))

// Where a number of a side lies: of a row along the step, and along the edge. A row's chunks change places by its number, of which the
// lowest bit counts most: eight rows have the same chunk in different banks, and so have half of the chunks of a row or two.
#define EXCHANGED(row) (((row) & 1) << 2 | ((row) & 2) | ((row) >> 2 & 1))
#define SPOT(row, at, chunks) (((row) * (chunks) + ((at) / CHUNK ^ EXCHANGED(row) & ((chunks) - 1))) * CHUNK + (at) % CHUNK)
#define TURNED_SPOT(row, step) SPOT(row, step, STEP / CHUNK)
#define EVEN_SPOT(step, col) SPOT(step, col, EDGE / CHUNK)

// Where the k-th of the numbers has its place that a thread brings `each` at a time. Its chunks of a turned side are of one row.
#define NUMBER(k, each) (((k) * SIDE_THREADS + SIDE_THREAD) * (each))
#define TURNED_ROW(k, each) ((each) == CHUNK ? SIDE_THREAD / (STEP / EACH) : NUMBER(k, each) / STEP)
#define TURNED_STEP(k, each) ((each) == CHUNK ? SIDE_THREAD % (STEP / EACH) * CHUNK + (k) * (STEP / 2) : NUMBER(k, each) % STEP)
#define EVEN_STEP(k, each) (NUMBER(k, each) / EDGE)
#define EVEN_COL(k, each) (NUMBER(k, each) % EDGE)

// Where a warp stands.
#define WARP_SLICE ((u32) THREAD / WARP / (WARPS_DOWN * WARPS_ACROSS))
#define WARP_ROW ((u32) THREAD / WARP / WARPS_ACROSS % WARPS_DOWN * 16 * DOWN)
#define WARP_COL ((u32) THREAD / WARP % WARPS_ACROSS * 8 * ACROSS)

// How many numbers can be brought at a time where rows lie so far apart: a chunk, or two, or one.
DEVICE int together(int strides, const real* from) {
    unsigned long long address = (unsigned long long) from;
    return strides % CHUNK == 0 && address % 16 == 0 ? CHUNK : strides % 2 == 0 && address % (2 * sizeof(real)) == 0 ? 2 : 1;
}

// A constant as an argument's type.
template <int NUMBERS> struct Together {
    static const int COUNT_OF = NUMBERS;
};

// Brings numbers into shared memory while the thread goes on, but for those too short for that; zeros for what is not there.
template <int NUMBERS> DEVICE void bring(Together<NUMBERS>, real* to, const real* from, bool there) {
    const int bytes = NUMBERS * (int) sizeof(real);
    u32 spot = (u32) __cvta_generic_to_shared(to);
    if (bytes == 16) {
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                :: "r"(spot), "l"(__cvta_generic_to_global(from)), "r"(there ? bytes : 0) : "memory");
    } else if (bytes >= 4) {
        asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;"
                :: "r"(spot), "l"(__cvta_generic_to_global(from)), "n"(bytes < 4 ? 4 : bytes), "r"(there ? bytes : 0) : "memory");
    } else {
        *to = there ? *from : 0;
    }
}

// All that this thread has asked for since the last time belongs to one step.
DEVICE void end_step() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits for the step that comes next, for all threads' share of it.
DEVICE void await_step() {
    asm volatile("cp.async.wait_group %0;" :: "n"(STAGES - 2) : "memory");
    SYNC();
}

// Where in a side the first words lie that a lane reads of what a warp multiplies, which begins at this row or column. The left side's four
// words go down first, then along the step; the right side's along the step first.
template <bool LEFT> DEVICE u32 side_spot(u32 edge, bool turned) {
    u32 on = LEFT ? LANE / 16 : LANE / 8 % 2;
    u32 down = LEFT ? LANE / 8 % 2 : LANE / 16;
    u32 step = WARP_SLICE * 2 * CHUNK;
    if (turned) {
        return hidden(TURNED_SPOT(edge + down * 8 + LANE % 8, step + on * CHUNK));
    }
#ifdef TF32
    return hidden(EVEN_SPOT(step + LANE % 4, edge + LANE / 4));
#else
    return hidden(EVEN_SPOT(step + on * 8 + LANE % 8, edge + down * 8));
#endif
}

#ifdef TF32
template <int BEYOND> DEVICE u32 word_shared(u32 at) {
    u32 word;
    asm volatile("ld.shared.u32 %0, [%1 + %2];" : "=r"(word) : "r"(at), "n"(BEYOND) : "memory");
    return word;
}
#endif

// What a warp multiplies of a side in one step, 16 rows or columns after the other, as it is stored.
template <bool LEFT, int COUNT_OF> DEVICE void load_side(u32 to[COUNT_OF][4], const real* side, u32 spot, bool turned) {
    UNROLL for (int i = 0; i < COUNT_OF; i++) {
        if (turned) {
            load_rows(to[i], (u32) __cvta_generic_to_shared(side + spot + i * 16 * STEP));
        } else {
#ifdef TF32
            // No instruction turns matrices of floats: each lane loads its own. What changes places does so within 128 bytes, as the memory
            // is aligned: an address is exchanged as a whole.
            UNROLL for (int down = 0; down < 2; down++) {
                u32 at = (u32) __cvta_generic_to_shared(side + spot) ^ (i * 16 + down * 8) * (u32) sizeof(real);
                to[i][LEFT ? down : down * 2] = word_shared<0>(at);
                to[i][LEFT ? down + 2 : down * 2 + 1] = word_shared<4 * EDGE * (int) sizeof(real)>(at ^ CHUNK * (u32) sizeof(real));
            }
#else
            load_columns(to[i], (u32) __cvta_generic_to_shared(side + (spot ^ i * 16)));
#endif
        }
    }
}

// Adds the products of what load_side brought.
DEVICE void multiply(float acc[DOWN][ACROSS][4], u32 left[DOWN][4], u32 right[ACROSS / 2][4]) {
    UNROLL for (int k = 0; k < 4; k++) {
        UNROLL for (int i = 0; i < DOWN; i++) {
            left[i][k] = factor_of(left[i][k]);
        }
        UNROLL for (int j = 0; j < ACROSS / 2; j++) {
            right[j][k] = factor_of(right[j][k]);
        }
    }
    UNROLL for (int i = 0; i < DOWN; i++) {
        UNROLL for (int j = 0; j < ACROSS; j++) {
            multiply_matrices(acc[i][j], left[i], right[j / 2] + j % 2 * 2);
        }
    }
}

// Brings so many steps by bringStep(where its two sides go), and takes them by take(where they lie).
template <typename Bring, typename Take> DEVICE void all_steps(real* memory, int steps, Bring bringStep, Take take) {
    _Pragma("unroll 1") for (int step = 1 - STAGES; step < steps; step++) {
        if (step >= 0) {
            await_step();
        }
        // Into the place of the step before: all have multiplied it.
        if (step + STAGES - 1 < steps) {
            bringStep(memory + (u32) (step + STAGES - 1) % STAGES * (2 * SIDE));
        }
        end_step();
        if (step >= 0) {
            take(memory + (u32) step % STAGES * (2 * SIDE));
        }
    }
    SYNC();
}

// Where the sums change hands: rows that lie beside each other begin in other banks.
#ifdef EDGE_16
#define OUT_PLACE(row, col) ((row) * 16 + ((col) ^ ((row) >> 1 & 1) * 8))
#else
#define OUT_PLACE(row, col) ((row) * EDGE + ((col) ^ ((row) & 3) * 8))
#endif
#define OUT_SLICE (EDGE * EDGE)

// In floats, as what is left at the end.
#define TILE_MEMORY (STAGES * 2 * SIDE * (int) sizeof(real) / (int) sizeof(float))
#define TILE_ALIGNMENT 128

DEVICE void put_two_shared(float* to, float low, float high) {
    asm volatile("st.shared.v2.f32 [%0], {%1, %2};" :: "r"((u32) __cvta_generic_to_shared(to)), "f"(low), "f"(high) : "memory");
}

// Leaves this thread's sums there. All threads have passed a barrier since they multiplied.
DEVICE void leave(float* memory, float acc[DOWN][ACROSS][4]) {
    float* slice = memory + WARP_SLICE * OUT_SLICE;
    UNROLL for (int i = 0; i < DOWN; i++) {
        UNROLL for (int j = 0; j < ACROSS; j++) {
            u32 row = WARP_ROW + i * 16 + LANE / 4;
            u32 col = WARP_COL + j * 8 + LANE % 4 * 2;
            put_two_shared(slice + OUT_PLACE(row, col), acc[i][j][0], acc[i][j][1]);
            put_two_shared(slice + OUT_PLACE(row + 8, col), acc[i][j][2], acc[i][j][3]);
        }
    }
    SYNC();
}
