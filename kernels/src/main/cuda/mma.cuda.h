// The instructions by which a warp multiplies matrices, of compute capability 8.0 and up: of bf16, or of float rounded to TF32. A lane has
// words of row, or column, LANE / 4, of which it has the LANE % 4th and the fourth after it: a word is a float, or two neighbours of bf16.

#ifndef JENGINE_MMA_CUDA_H
#define JENGINE_MMA_CUDA_H

#include "vectors.cuda.h"

#define LANE ((u32) THREAD % WARP)

// Four matrices of 8 rows, or columns, of 16 bytes; each lane says where one lies, and has one word of one.
DEVICE void load_rows(u32 to[4], u32 from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3]) : "r"(from) : "memory");
}

#ifdef TF32
// A float as it is multiplied: to the nearest, ties away from zero. The instruction that multiplies would cut off what it does not take.
DEVICE u32 factor_of(u32 stored) {
    u32 rounded;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "r"(stored));
    return rounded;
}

// Adds the product of 16 x 8 and 8 x 8 numbers.
DEVICE void multiply_matrices(float sum[4], const u32 left[4], const u32 right[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
}

// A load that only some lanes make; zero for the others.
DEVICE u32 number_if(bool there, const real* from) {
    u32 number = 0;
    asm volatile("{ .reg .pred there; setp.ne.s32 there, %1, 0; @there ld.global.nc.u32 %0, [%2]; }"
            : "+r"(number) : "r"((int) there), "l"(__cvta_generic_to_global(from)));
    return number;
}
#else
DEVICE u32 factor_of(u32 stored) {
    return stored;
}

// Four matrices of 8 x 8 numbers that lie the other way: a lane has two neighbours of a column.
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

#endif
