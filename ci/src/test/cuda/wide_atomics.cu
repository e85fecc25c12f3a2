// Atomics on vectors and on 128 bits (compute_90).
#include <cuda_bf16.h>
#include <cuda_fp16.h>

extern "C" __global__ void vectors(float4* sums, float2* pairs, __nv_bfloat162* brains, __half2* halves, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        atomicAdd(&sums[i % 7], make_float4(i, 1, -i, 0.5f));
        float2 old = atomicAdd(&pairs[i % 5], make_float2(1, 2));
        if (old.x < 0) {
            pairs[0].x = 0;
        }
        atomicAdd(&brains[i % 3], __floats2bfloat162_rn(1, 2));
        atomicAdd(&halves[i % 3], __floats2half2_rn(1, 2));
    }
}

struct alignas(16) Wide {
    long long a, b;
};

extern "C" __global__ void swap(Wide* to, Wide* out, const Wide* from) {
    Wide mine = from[threadIdx.x];
    Wide zero = {0, 0};
    out[threadIdx.x] = atomicCAS(to, zero, mine);
    out[threadIdx.x + blockDim.x] = atomicExch(to + 1, mine);
}

extern "C" __global__ void reductions(float4* sums, uint4* brains, uint4* most, const uint4* x) {
    uint4 v = x[threadIdx.x];
    asm volatile("red.global.add.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(sums), "f"(1.0f), "f"(2.0f), "f"(3.0f), "f"(4.0f) : "memory");
    asm volatile("red.global.add.noftz.v4.bf16x2 [%0], {%1, %2, %3, %4};" ::"l"(brains), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
    asm volatile("red.global.max.noftz.v4.f16x2 [%0], {%1, %2, %3, %4};" ::"l"(most), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
}
