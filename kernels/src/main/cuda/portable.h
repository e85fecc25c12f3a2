// The subset of C that our kernels are written in: OpenCL C 1.2 and CUDA C by the same words.
//
// A kernel file states each kernel as KERNEL(op)(GLOBAL real* y, GLOBAL const real* x, int count), its arguments in the order of
// its Java declaration. The file is compiled once for each storage type, REAL_F32 or REAL_BF16, and the kernel is then called
// op_f32 or op_bf16; KERNEL_AS(name) is for the few whose name does not depend on it. Arithmetic is always in float: LOAD and
// STORE convert. Blocks have one dimension of threads; the block's size is stated in the Java declaration only and read here as
// THREADS, or as the constant that the declaration gives.

#ifndef JENGINE_PORTABLE_H
#define JENGINE_PORTABLE_H

#ifdef __OPENCL_VERSION__

#define KERNEL_AS(name) __kernel void name
#define GLOBAL __global
#define SHARED __local
// What a pointer to shared memory is declared with.
#define IN_SHARED __local
#define DEVICE static inline
#define RESTRICT restrict
#define SYNC() barrier(CLK_LOCAL_MEM_FENCE)
#define THREAD ((int) get_local_id(0))
#define THREADS ((int) get_local_size(0))
#define BLOCK_X ((int) get_group_id(0))
#define BLOCK_Y ((int) get_group_id(1))
#define BLOCK_Z ((int) get_group_id(2))
#define UNROLL _Pragma("unroll")
// A CPU's compiler says what it compiles for; the CUDA compiler says it too, of the machine that it runs on.
#if defined(__x86_64__) || defined(__aarch64__)
#define ONE_THREAD_AT_A_TIME
#endif

typedef uchar u8;
typedef ushort u16;
typedef uint u32;

// Every compiler knows this for a product's upper half; PoCL's mul_hi is not made into vectors.
#define MUL_HIGH(a, b) ((u32) ((ulong) (u32) (a) * (u32) (b) >> 32))
#define BITS_OF(f) as_uint(f)
#define FLOAT_OF(bits) as_float(bits)
// One rounding where the device has an instruction for it, which OpenCL's own FP_FAST_FMAF may fail to say.
#if defined(DEVICE_FMA) || defined(FP_FAST_FMAF)
#define FMA(a, b, c) fma(a, b, c)
#else
#define FMA(a, b, c) mad(a, b, c)
#endif
#define MAX(a, b) fmax(a, b)
#define EXP(x) exp(x)
#define LOG(x) log(x)
#define TANH(x) tanh(x)
#define SQRT(x) sqrt(x)

#else

#define KERNEL_AS(name) extern "C" __global__ void name
#define GLOBAL
#define SHARED __shared__
#define IN_SHARED
#define DEVICE __device__ __forceinline__
#define RESTRICT __restrict__
#define SYNC() __syncthreads()
#define THREAD ((int) threadIdx.x)
#define THREADS ((int) blockDim.x)
#define BLOCK_X ((int) blockIdx.x)
#define BLOCK_Y ((int) blockIdx.y)
#define BLOCK_Z ((int) blockIdx.z)
#define UNROLL _Pragma("unroll")

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

#define MUL_HIGH(a, b) __umulhi(a, b)
#define BITS_OF(f) __float_as_uint(f)
#define FLOAT_OF(bits) __uint_as_float(bits)
#define FMA(a, b, c) fmaf(a, b, c)
#define MAX(a, b) fmaxf(a, b)
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define TANH(x) tanhf(x)
#define SQRT(x) sqrtf(x)

#endif

// The index of this thread among all threads of a launch of one row of blocks.
#define GLOBAL_THREAD (BLOCK_X * THREADS + THREAD)

DEVICE float bf16_to_float(u16 bits) {
    return FLOAT_OF((u32) bits << 16);
}

// To the nearest, ties to even; NaN stays NaN.
DEVICE u16 float_to_bf16(float value) {
    u32 bits = BITS_OF(value);
    u32 upper = bits >> 16;
    u32 rounded = (bits + 0x7fffu + (upper & 1u)) >> 16;
    return (u16) ((bits & 0x7fffffffu) > 0x7f800000u ? upper | 0x40u : rounded);
}

// Lanes: work that a block does in turns, each a pass over elements side by side. A GPU's threads are the lanes. A CPU runs a block's
// threads one after the other anyway, each through all its turns; there the first thread takes all lanes, a turn after the other, in
// loops that compilers turn into vector instructions (measured with PoCL: three to eight times faster). What a lane keeps from turn
// to turn lies in SHARED. BY_LANES() stands first in such a kernel, SYNC_LANES() where lanes read what others wrote.
#ifdef ONE_THREAD_AT_A_TIME
#define BY_LANES() if (THREAD > 0) return
#define FOR_LANES(lane, lanes) for (int lane = 0; lane < (lanes); lane++)
#define SYNC_LANES()
#else
#define BY_LANES()
#define FOR_LANES(lane, lanes) for (int lane = THREAD; lane < (lanes); lane += THREADS)
#define SYNC_LANES() SYNC()
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#ifdef REAL_BF16
typedef u16 real;
#define REAL_SUFFIX _bf16
#define LOAD(p, i) bf16_to_float((p)[i])
#define STORE(p, i, value) ((p)[i] = float_to_bf16(value))
#else
typedef float real;
#define REAL_SUFFIX _f32
#define LOAD(p, i) ((p)[i])
#define STORE(p, i, value) ((p)[i] = (value))
#endif

// VARIANT, where the declaration gives one, stands between the op and the type: matmul_r6x16_f32.
#ifdef VARIANT
#define KERNEL(op) KERNEL_AS(JOIN(JOIN(op, JOIN(_, VARIANT)), REAL_SUFFIX))
#else
#define KERNEL(op) KERNEL_AS(JOIN(op, REAL_SUFFIX))
#endif

#endif
