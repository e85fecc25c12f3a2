// C = A B in bf16 with float sums, 16 x 16 x 16 by tensor cores; A row-major, B column-major, a warp a tile of 16 x 8.
#include <cuda_bf16.h>
extern "C" __global__ void tensor_product(float* c, const __nv_bfloat16* a, const __nv_bfloat16* b, int m, int n, int k) {
#if __CUDA_ARCH__ >= 800
    int lane = threadIdx.x, group = lane / 4, pair = lane % 4 * 2;
    int row = blockIdx.y * 16, column = blockIdx.x * 8;
    float d0 = 0, d1 = 0, d2 = 0, d3 = 0;
    for (int at = 0; at < k; at += 16) {
        const unsigned* a0 = (const unsigned*) (a + (row + group) * k + at + pair);
        const unsigned* a1 = (const unsigned*) (a + (row + group + 8) * k + at + pair);
        const unsigned* b0 = (const unsigned*) (b + (column + group) * k + at + pair);
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                     : "+f"(d0), "+f"(d1), "+f"(d2), "+f"(d3) : "r"(a0[0]), "r"(a1[0]), "r"(a0[4]), "r"(a1[4]), "r"(b0[0]), "r"(b0[4]));
    }
    float* out = c + (row + group) * n + column + pair;
    out[0] = d0;
    out[1] = d1;
    out[8 * n] = d2;
    out[8 * n + 1] = d3;
#endif
}
