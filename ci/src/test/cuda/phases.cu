// Barriers in shared memory (mbarrier) order a block's threads; those of early and hasty do not wait.
#include <cuda_awbarrier_primitives.h>
#include <cuda_pipeline.h>

extern "C" __global__ void phases(int* out, const int* in, int n) {
    __shared__ int tile[2][128];
    __shared__ __mbarrier_t full;
    if (threadIdx.x == 0) {
        __mbarrier_init(&full, blockDim.x);
    }
    __syncthreads();
    int sum = 0;
    for (int at = 0; at < n; at += blockDim.x) {
        int* now = tile[at / blockDim.x % 2];
        now[threadIdx.x] = in[at + threadIdx.x];
        __mbarrier_token_t token = __mbarrier_arrive(&full);
        while (!__mbarrier_test_wait(&full, token)) {
        }
        sum += now[blockDim.x - 1 - threadIdx.x];
    }
    out[threadIdx.x] = sum;
}

extern "C" __global__ void early(int* out, const int* in) {
    __shared__ int tile[128];
    __shared__ __mbarrier_t full;
    if (threadIdx.x == 0) {
        __mbarrier_init(&full, blockDim.x);
    }
    __syncthreads();
    tile[threadIdx.x] = in[threadIdx.x];
    __mbarrier_arrive(&full);
    out[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}

__device__ void copy(int* tile, const int* in, __mbarrier_t* full, bool counted) {
    __pipeline_memcpy_async(&tile[threadIdx.x], &in[threadIdx.x], sizeof(int));
    if (counted) {
        asm volatile("cp.async.mbarrier.arrive.noinc.b64 [%0];" ::"l"(full) : "memory");
    } else {
        __pipeline_arrive_on(full);
    }
}

// The copies arrive at the barrier as well: with counted, as the arrivals that it expects.
extern "C" __global__ void copied(int* out, const int* in, int counted) {
    __shared__ int tile[128];
    __shared__ __mbarrier_t full;
    if (threadIdx.x == 0) {
        __mbarrier_init(&full, counted ? 2 * blockDim.x : blockDim.x);
    }
    __syncthreads();
    copy(tile, in, &full, counted);
    __mbarrier_token_t token = __mbarrier_arrive(&full);
    while (!__mbarrier_test_wait(&full, token)) {
    }
    out[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}

extern "C" __global__ void hasty(int* out, const int* in) {
    __shared__ int tile[128];
    __shared__ __mbarrier_t full;
    if (threadIdx.x == 0) {
        __mbarrier_init(&full, blockDim.x);
    }
    __syncthreads();
    copy(tile, in, &full, false);
    __mbarrier_arrive(&full);
    out[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}
