// The instructions by which a warp multiplies matrices of numbers of 16 bits, of compute capability 8.0 and up. A lane has the numbers of
// row, or column, LANE / 4; in pairs, of which it has the LANE % 4th.

#ifndef JENGINE_MMA_CUDA_H
#define JENGINE_MMA_CUDA_H

#include "vectors.cuda.h"

#define LANE ((u32) THREAD % WARP)

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

// Two numbers rounded to the nearest, as two_bf16 does in many instructions; NaN is another NaN.
DEVICE u32 pair_of(float low, float high) {
    u32 both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
}

// A load that only some lanes make; zero for the others.
DEVICE u16 number_if(bool there, const real* from) {
    u16 number = 0;
    asm volatile("{ .reg .pred there; setp.ne.s32 there, %1, 0; @there ld.global.nc.u16 %0, [%2]; }"
            : "+h"(number) : "r"((int) there), "l"(__cvta_generic_to_global(from)));
    return number;
}

#endif
