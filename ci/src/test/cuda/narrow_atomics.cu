// Atomics that a T4 lacks (compute_75) are loops around a compare-and-swap, each of which starts with a plain load.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

extern "C" __global__ void narrow(__nv_bfloat16* brains, __nv_bfloat162* pairs, __half* halves, double* doubles, float* most, int n)
{
    __shared__ __nv_bfloat16 part[8];
    if (threadIdx.x < 8) {
        part[threadIdx.x] = __float2bfloat16(0);
    }
    __syncthreads();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        int to = i % 5;
        atomicAdd(part + to, __float2bfloat16(1));
        atomicAdd(pairs + to, __floats2bfloat162_rn(1, -1));
        atomicAdd(halves + to, __float2half(1));
        atomicAdd(doubles + to, 0.5);
        // The greatest of floats, as textbooks have it.
        int* cell = reinterpret_cast<int*>(most + to);
        int old = *cell;
        for (int seen; __int_as_float(old) < i; old = seen) {
            seen = atomicCAS(cell, old, __float_as_int(static_cast<float>(i)));
            if (seen == old) {
                break;
            }
        }
    }
    __syncthreads();
    if (threadIdx.x < 5) {
        atomicAdd(brains + threadIdx.x, part[threadIdx.x]);
    }
}
