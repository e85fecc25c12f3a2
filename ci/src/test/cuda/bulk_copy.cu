// Bulk copies (compute_90): what cuda::memcpy_async makes of a barrier, and copies asked for by name, with one fault or none.
#include <cooperative_groups.h>
#include <cuda/barrier>
#include <cuda/ptx>

namespace ptx = cuda::ptx;

constexpr int TILE = 256;

// Each block turns a tile around that its threads together asked for.
extern "C" __global__ void turned(int* out, const int* in) {
    __shared__ alignas(16) int tile[TILE];
#pragma nv_diag_suppress static_var_with_dynamic_init
    __shared__ cuda::barrier<cuda::thread_scope_block> full;
    if (threadIdx.x == 0) {
        init(&full, blockDim.x);
    }
    __syncthreads();
    cuda::memcpy_async(cooperative_groups::this_thread_block(), tile, in + blockIdx.x * TILE,
                       cuda::aligned_size_t<16>(sizeof(tile)), full);
    full.arrive_and_wait();
    for (int i = threadIdx.x; i < TILE; i += blockDim.x) {
        out[blockIdx.x * TILE + i] = tile[TILE - 1 - i];
    }
}

enum Fault { NONE, READS_EARLY, ASKER_READS, WRONG_PARITY, NO_FENCE, NO_END, TAKEN, OVERTAKEN, LOOKS_ONCE, MISALIGNED, ODD_SIZE };

// Counts each number of a tile up, on its way from and back to global memory.
extern "C" __global__ void counted(int* out, int* data, int fault) {
    __shared__ alignas(16) int tile[TILE];
    __shared__ uint64_t full;
    bool first = threadIdx.x == 0;
    if (first) {
        ptx::mbarrier_init(&full, 1);
        ptx::fence_mbarrier_init(ptx::sem_release, ptx::scope_cluster);
    }
    __syncthreads();
    if (first) {
        ptx::mbarrier_arrive_expect_tx(ptx::sem_release, ptx::scope_cta, ptx::space_shared, &full, sizeof(tile));
        ptx::cp_async_bulk(ptx::space_cluster, ptx::space_global, tile + (fault == MISALIGNED), data,
                           sizeof(tile) - 4 * (fault == ODD_SIZE), &full);
        if (fault == TAKEN) {
            data[5] = 0;
        }
    }
    bool waits = !(fault == READS_EARLY && threadIdx.x == blockDim.x - 1) && !(fault == ASKER_READS && first);
    if (waits) {
        while (!ptx::mbarrier_try_wait_parity(&full, fault == WRONG_PARITY) && fault != LOOKS_ONCE) {
        }
    }
    for (int i = threadIdx.x; i < TILE; i += blockDim.x) {
        tile[i]++;
    }
    if (fault != NO_FENCE) {
        ptx::fence_proxy_async(ptx::space_shared);
    }
    __syncthreads();
    if (first) {
        ptx::cp_async_bulk(ptx::space_global, ptx::space_shared, out, tile, sizeof(tile));
        ptx::cp_async_bulk_commit_group();
        if (fault == OVERTAKEN) {
            tile[0] = -1;
        }
        if (fault != NO_END) {
            ptx::cp_async_bulk_wait_group_read(ptx::n32_t<0>());
            tile[1] = -1;
        }
    }
}

// A warp loads tiles that two others sum, through two places; the last warp learns of each tile from the one before alone.
extern "C" __global__ void passed(int* out, const int* in, int tiles) {
    __shared__ alignas(16) int tile[2][TILE];
    __shared__ uint64_t full[2];
    __shared__ uint64_t empty[2];
    __shared__ uint64_t told[2];
    int warp = threadIdx.x / 32;
    if (threadIdx.x == 0) {
        for (int s = 0; s < 2; s++) {
            ptx::mbarrier_init(&full[s], 1);
            ptx::mbarrier_init(&empty[s], 64);
            ptx::mbarrier_init(&told[s], 32);
        }
    }
    __syncthreads();
    int sum = 0;
    for (int k = 0; k < tiles; k++) {
        int s = k % 2;
        int parity = k / 2 % 2;
        if (warp == 0 && threadIdx.x == 0) {
            while (!ptx::mbarrier_try_wait_parity(&empty[s], !parity)) {
            }
            ptx::cp_async_bulk(ptx::space_cluster, ptx::space_global, tile[s], in + k * TILE, sizeof(tile[s]), &full[s]);
            ptx::mbarrier_arrive_expect_tx(ptx::sem_release, ptx::scope_cta, ptx::space_shared, &full[s], sizeof(tile[s]));
        } else if (warp > 0) {
            while (!ptx::mbarrier_try_wait_parity(warp == 1 ? &full[s] : &told[s], parity)) {
            }
            if (warp == 1) {
                ptx::mbarrier_arrive(&told[s]);
            }
            for (int i = threadIdx.x - 32; i < TILE; i += 64) {
                sum += tile[s][i];
            }
            ptx::mbarrier_arrive(&empty[s]);
        }
    }
    out[threadIdx.x] = sum;
}
