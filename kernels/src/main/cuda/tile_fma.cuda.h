// A tile by each thread for itself.
//
// The warps stand WARPS_DOWN by WARPS_ACROSS over the tile, and where it is small, in SLICES behind each other, each of which takes its
// own part of every step; their sums are added at the end. A warp has 8 x 4 lanes of EACH_ROWS x 4 sums. Both sides lie in memory step by
// step, so that a lane reads its factors as vectors, and padded such that neither these reads nor the writes of a side that comes turned
// meet in a bank.

// With registers for four blocks at a time, which is half of what a multiprocessor holds.
#undef KERNEL_AS
#define KERNEL_AS(name) extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 4) name

#define STEP (1024 / EDGE)
#define WARP_ROWS (8 * EACH_ROWS)
#define WARP_COLS 16
#define WARPS_DOWN (EDGE / WARP_ROWS)
#define WARPS_ACROSS (EDGE / WARP_COLS)
#define SLICES (8 / (WARPS_DOWN * WARPS_ACROSS))
#define SLICE (STEP / SLICES)

#ifdef EDGE_64
#define EACH_ROWS 4
#else
#define EACH_ROWS 2
#endif

#ifdef EDGE_16
#define STRIDE 16
#define PAD_SHIFT 2
#else
#define STRIDE (EDGE + 4)
#define PAD_SHIFT 3
#endif
#define PLACE(k, m) ((k) * STRIDE + ((k) >> PAD_SHIFT) * 8 + (m))
#define SIDE (STEP * STRIDE + (STEP >> PAD_SHIFT) * 8)

// Each thread brings four numbers of a side. Of a side whose rows lie in memory along the step (turned) a warp takes 16 numbers of eight
// rows at a time; of one whose rows lie along the edge, whole rows.
#define TURNED_ROW(thread) ((thread) / 32 % (EDGE / 8) * 8 + (thread) % 32 / 4)
#define TURNED_STEP(thread) ((thread) / 32 / (EDGE / 8) * 16 + (thread) % 4 * 4)
#define EVEN_STEP(thread) ((thread) / (EDGE / 4))
#define EVEN_COL(thread) ((thread) % (EDGE / 4) * 4)

// Four next numbers of a turned side's row.
DEVICE void put_turned(float* side, Quad quad) {
    int thread = hidden(THREAD);
    Four four = floats_of(quad);
    UNROLL for (int j = 0; j < 4; j++) {
        side[PLACE(TURNED_STEP(thread) + j, TURNED_ROW(thread))] = four.at[j];
    }
}

// Four numbers of one row of an even side.
DEVICE void put_even(float* side, Quad quad, int thread) {
    put_four_shared(side + PLACE(EVEN_STEP(thread), EVEN_COL(thread)), floats_of(quad));
}

// Single numbers go straight to shared memory, not by registers: there are few of them, since the nets' sizes make quads.
#define ONE_BY_ONE(k, thread) _Pragma("unroll 1") for (int k = 0, thread = hidden(THREAD); k < 4; k++)
#define TURNED_ROW_OF(k, thread) ((thread) / 32 % (EDGE / 8) * 8 + (k) * 2 + (thread) % 32 / 16)
#define TURNED_STEP_OF(k, thread) ((thread) / 32 / (EDGE / 8) * 16 + (thread) % 16)
#define EVEN_STEP_OF(k, thread) ((k) * (BLOCK_THREADS / EDGE) + (thread) / EDGE)
#define EVEN_COL_OF(k, thread) ((thread) % EDGE)

// Where a thread's sums stand.
#define WARP_SLICE (THREAD / 32 / (WARPS_DOWN * WARPS_ACROSS))
#define SUM_ROW (THREAD / 32 / WARPS_ACROSS % WARPS_DOWN * WARP_ROWS + THREAD % 32 / 4 * EACH_ROWS)
#define SUM_COL (THREAD / 32 % WARPS_ACROSS * WARP_COLS + THREAD % 4 * 4)

// Adds one step's products.
DEVICE void multiply(float acc[EACH_ROWS][4], const float* left, const float* right) {
    left += PLACE(WARP_SLICE * SLICE, SUM_ROW);
    right += PLACE(WARP_SLICE * SLICE, SUM_COL);
    UNROLL for (int k = 0; k < SLICE; k++) {
        float a[EACH_ROWS];
#ifdef EDGE_64
        float4 four = *(const float4*) (left + PLACE(k, 0));
        a[0] = four.x;
        a[1] = four.y;
        a[2] = four.z;
        a[3] = four.w;
#else
        float2 two = *(const float2*) (left + PLACE(k, 0));
        a[0] = two.x;
        a[1] = two.y;
#endif
        float4 b = *(const float4*) (right + PLACE(k, 0));
        UNROLL for (int i = 0; i < EACH_ROWS; i++) {
            acc[i][0] = FMA(a[i], b.x, acc[i][0]);
            acc[i][1] = FMA(a[i], b.y, acc[i][1]);
            acc[i][2] = FMA(a[i], b.z, acc[i][2]);
            acc[i][3] = FMA(a[i], b.w, acc[i][3]);
        }
    }
}

// Where the sums change hands.
#ifdef EDGE_16
// Rows of 16 lie in pairs over all banks; every other pair the other way round, since a lane's rows are two apart.
#define OUT_PLACE(row, col) (((row) ^ ((row) >> 1 & 1)) * 16 + (col))
#define OUT_SLICE (16 * 16)
#else
#define OUT_STRIDE (EACH_ROWS == 4 ? 68 : 40)
#define OUT_PLACE(row, col) ((row) * OUT_STRIDE + (col))
#define OUT_SLICE (EDGE * OUT_STRIDE)
#endif

// The memory of a block: two sides twice, since a step is brought while the last is multiplied.
#define TILE_MEMORY (4 * SIDE)
#define TILE_ALIGNMENT 16

// Leaves this thread's sums there. All threads have passed a barrier since they multiplied.
DEVICE void leave(float* memory, float acc[EACH_ROWS][4]) {
    float* slice = memory + WARP_SLICE * OUT_SLICE;
    UNROLL for (int i = 0; i < EACH_ROWS; i++) {
        put_four_shared(slice + OUT_PLACE(SUM_ROW + i, SUM_COL), {acc[i][0], acc[i][1], acc[i][2], acc[i][3]});
    }
    SYNC();
}
