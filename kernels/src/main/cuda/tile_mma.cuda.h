// A tile on tensor cores, of compute capability 8.0 and up.
//
// A stage is STAGE steps; STAGES of them have a place in shared memory, so that some are on their way while one is multiplied. The warps
// stand WARPS_DOWN by WARPS_ACROSS over the tile, and in SLICES behind each other; each multiplies 16 numbers of the sum in every stage,
// and the slices' sums are added at the end. A side lies in memory as it comes, along the step (turned) or along the edge, in chunks of
// eight numbers, the chunks of a row exchanged such that neither writes nor the loads of matrices of 8 x 8 meet in a bank.

#undef KERNEL_AS
#define KERNEL_AS(name) extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 2) name

#define STAGE 2
#define STAGES 4

// Numbers of a side, which half of the threads bring, eight each.
#define SIDE 1024
#define SIDE_THREADS (BLOCK_THREADS / 2)
#define CHUNK 8

// Matrices of 16 rows, and of eight columns, that a warp makes.
#ifdef EDGE_64
#define DOWN 2
#define ACROSS 4
#elif defined(EDGE_32)
#define DOWN 1
#define ACROSS 4
#else
#define DOWN 1
#define ACROSS 2
#endif
#define WARPS_DOWN (EDGE / (16 * DOWN))
#define WARPS_ACROSS (EDGE / (8 * ACROSS))
#define SLICES (8 / (WARPS_DOWN * WARPS_ACROSS))

// Where a number of a side lies: of a row along the step, and along the edge.
#define SPOT(row, at, chunks) (((row) * (chunks) + ((at) / CHUNK ^ (row) / (8 / (chunks)) % (chunks))) * CHUNK + (at) % CHUNK)
#define TURNED_SPOT(row, step) SPOT(row, step, STEP / CHUNK)
#define EVEN_SPOT(step, col) SPOT(step, col, EDGE / CHUNK)
// Which number of a side is the i-th as it comes.
#define TURNED_ROW(i) ((i) / STEP)
#define TURNED_STEP(i) ((i) % STEP)
#define EVEN_STEP(i) ((i) / EDGE)
#define EVEN_COL(i) ((i) % EDGE)

// Where a warp stands, and which step of a stage its slice is of.
#define WARP_SLICE (THREAD / WARP / (WARPS_DOWN * WARPS_ACROSS))
#define WARP_ROW (THREAD / WARP / WARPS_ACROSS % WARPS_DOWN * 16 * DOWN)
#define WARP_COL (THREAD / WARP % WARPS_ACROSS * 8 * ACROSS)
#define WARP_STEP (WARP_SLICE / (STEP / 16))
#define LANE (THREAD % WARP)

// How many numbers can be brought at a time where rows lie so far apart: a chunk, or two, or one.
DEVICE int together(int strides, const real* from) {
    unsigned long long address = (unsigned long long) from;
    return strides % CHUNK == 0 && address % 16 == 0 ? CHUNK : strides % 2 == 0 && address % 4 == 0 ? 2 : 1;
}

// A constant as an argument's type.
template <int NUMBERS> struct Together {
    static const int COUNT_OF = NUMBERS;
};

// Brings numbers into shared memory while the thread goes on; zeros for what is not there.
DEVICE void bring(Together<CHUNK>, u16* to, const real* from, bool there) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
            :: "r"((u32) __cvta_generic_to_shared(to)), "l"(__cvta_generic_to_global(from)), "r"(there ? 16 : 0) : "memory");
}

DEVICE void bring(Together<2>, u16* to, const real* from, bool there) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;"
            :: "r"((u32) __cvta_generic_to_shared(to)), "l"(__cvta_generic_to_global(from)), "r"(there ? 4 : 0) : "memory");
}

DEVICE void bring(Together<1>, u16* to, const real* from, bool there) {
    *to = there ? *from : 0;
}

// All that this thread has asked for since the last time belongs to one stage.
DEVICE void end_stage() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits for the stage that comes next, for all threads' share of it.
DEVICE void await_stage() {
    asm volatile("cp.async.wait_group %0;" :: "n"(STAGES - 2) : "memory");
    SYNC();
}

// Four matrices of 8 x 8 numbers; each lane says where a row lies, and has two neighbours of a row, or of a column.
DEVICE void load_rows(u32 to[4], u32 from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3]) : "r"(from) : "memory");
}

DEVICE void load_columns(u32 to[4], u32 from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3]) : "r"(from) : "memory");
}

// Adds the product of 16 x 16 and 16 x 8 numbers.
DEVICE void multiply_matrices(float sum[4], const u32 left[4], const u32 right[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
}

// Where in a stage the row lies that a lane reads of a warp's first matrices. The left side's four matrices go down first, then along the
// step; the right side's along the step first. Those that follow are 16 rows or two chunks on.
DEVICE int left_spot(bool turned) {
    int row = WARP_ROW + (turned ? LANE % 16 : LANE / 8 % 2 * 8);
    int step = WARP_SLICE % (STEP / 16) * 16 + (turned ? LANE / 16 * 8 : LANE % 8 + LANE / 16 * 8);
    return WARP_STEP * 2 * SIDE + (turned ? TURNED_SPOT(row, step) : EVEN_SPOT(step, row));
}

DEVICE int right_spot(bool turned) {
    int col = WARP_COL + (turned ? LANE % 8 + LANE / 16 * 8 : LANE / 16 * 8);
    int step = WARP_SLICE % (STEP / 16) * 16 + (turned ? LANE / 8 % 2 * 8 : LANE % 16);
    return (WARP_STEP * 2 + 1) * SIDE + (turned ? TURNED_SPOT(col, step) : EVEN_SPOT(step, col));
}

// What a warp multiplies of a side in one stage.
template <int COUNT_OF> DEVICE void load_side(u32 to[COUNT_OF][4], const u16* stage, int spot, bool turned) {
    UNROLL for (int i = 0; i < COUNT_OF; i++) {
        if (turned) {
            load_rows(to[i], (u32) __cvta_generic_to_shared(stage + spot + i * 16 * STEP));
        } else {
            load_columns(to[i], (u32) __cvta_generic_to_shared(stage + (spot ^ i * 2 * CHUNK)));
        }
    }
}

// Adds the products of what load_side brought.
DEVICE void multiply(float acc[DOWN][ACROSS][4], const u32 left[DOWN][4], const u32 right[ACROSS / 2][4]) {
    UNROLL for (int i = 0; i < DOWN; i++) {
        UNROLL for (int j = 0; j < ACROSS; j++) {
            multiply_matrices(acc[i][j], left[i], right[j / 2] + j % 2 * 2);
        }
    }
}

// Brings so many steps, each by bringStep(where its two sides lie), and takes those of this warp by take(where their stage lies).
template <typename Bring, typename Take> DEVICE void all_steps(u16* memory, int steps, Bring bringStep, Take take) {
    int brought = 0;
    _Pragma("unroll 1") for (int step = (1 - STAGES) * STAGE; step < steps; step += STAGE) {
        if (step >= 0) {
            await_stage();
        }
        // Into the place of the stage before: all have multiplied it.
        _Pragma("unroll 1") for (int k = 0; k < STAGE && brought < steps; k++) {
            bringStep(memory + brought % (STAGES * STAGE) * 2 * SIDE);
            brought++;
        }
        end_stage();
        if (step >= 0 && step + WARP_STEP < steps) {
            take(memory + step % (STAGES * STAGE) * 2 * SIDE);
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

// In floats.
#define TILE_MEMORY (STAGES * STAGE * SIDE)

DEVICE void put_two_shared(float* to, float low, float high) {
    asm volatile("st.shared.v2.f32 [%0], {%1, %2};" :: "r"((u32) __cvta_generic_to_shared(to)), "f"(low), "f"(high) : "memory");
}

// Leaves this thread's sums there. All threads have passed a barrier since they multiplied.
DEVICE void leave(float* memory, float acc[DOWN][ACROSS][4]) {
    float* slice = memory + WARP_SLICE * OUT_SLICE;
    UNROLL for (int i = 0; i < DOWN; i++) {
        UNROLL for (int j = 0; j < ACROSS; j++) {
            int row = WARP_ROW + i * 16 + LANE / 4;
            int col = WARP_COL + j * 8 + LANE % 4 * 2;
            put_two_shared(slice + OUT_PLACE(row, col), acc[i][j][0], acc[i][j][1]);
            put_two_shared(slice + OUT_PLACE(row + 8, col), acc[i][j][2], acc[i][j][3]);
        }
    }
    SYNC();
}
