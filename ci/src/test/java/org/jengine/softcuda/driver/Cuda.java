package org.jengine.softcuda.driver;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuStreamCreate;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/** A context with a module in it, and few words for what the programs here do with them. */
final class Cuda implements AutoCloseable {
    static final int THREADS = 64;

    /** scale: x[i] *= f. add: c[i] = a[i] + b[i]. put: x[i] = f. poke: stores f at one address. */
    private static final String PTX = """
            .version 7.0
            .target sm_70
            .address_size 64
            .global .align 4 .f32 factor = 0f40000000;
            .visible .entry scale(.param .u64 x, .param .f32 f, .param .u32 n) {
                .reg .pred %p; .reg .b32 %r<5>; .reg .f32 %f<3>; .reg .b64 %d<4>;
                ld.param.u64 %d1, [x]; ld.param.f32 %f1, [f]; ld.param.u32 %r1, [n];
                mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mov.u32 %r4, %tid.x;
                mad.lo.s32 %r2, %r2, %r3, %r4;
                setp.ge.u32 %p, %r2, %r1; @%p ret;
                cvta.to.global.u64 %d1, %d1; mul.wide.u32 %d2, %r2, 4; add.s64 %d1, %d1, %d2;
                ld.global.f32 %f2, [%d1]; mul.f32 %f2, %f2, %f1; st.global.f32 [%d1], %f2;
                ret;
            }
            .visible .entry add(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n) {
                .reg .pred %p; .reg .b32 %r<5>; .reg .f32 %f<3>; .reg .b64 %d<6>;
                ld.param.u64 %d1, [a]; ld.param.u64 %d2, [b]; ld.param.u64 %d3, [c]; ld.param.u32 %r1, [n];
                mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mov.u32 %r4, %tid.x;
                mad.lo.s32 %r2, %r2, %r3, %r4;
                setp.ge.u32 %p, %r2, %r1; @%p ret;
                mul.wide.u32 %d4, %r2, 4;
                add.s64 %d1, %d1, %d4; add.s64 %d2, %d2, %d4; add.s64 %d3, %d3, %d4;
                ld.global.f32 %f1, [%d1]; ld.global.f32 %f2, [%d2]; add.f32 %f1, %f1, %f2; st.global.f32 [%d3], %f1;
                ret;
            }
            .visible .entry put(.param .u64 x, .param .f32 f, .param .u32 n) {
                .reg .pred %p; .reg .b32 %r<5>; .reg .f32 %f<2>; .reg .b64 %d<3>;
                ld.param.u64 %d1, [x]; ld.param.f32 %f1, [f]; ld.param.u32 %r1, [n];
                mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mov.u32 %r4, %tid.x;
                mad.lo.s32 %r2, %r2, %r3, %r4;
                setp.ge.u32 %p, %r2, %r1; @%p ret;
                mul.wide.u32 %d2, %r2, 4; add.s64 %d1, %d1, %d2; st.global.f32 [%d1], %f1;
                ret;
            }
            .visible .entry poke(.param .u64 x, .param .f32 f) {
                .reg .f32 %f<2>; .reg .b64 %d<2>;
                ld.param.u64 %d1, [x]; ld.param.f32 %f1, [f];
                st.global.f32 [%d1], %f1;
                ret;
            }
            """;

    final CUcontext context = new CUcontext();
    final CUmodule module = new CUmodule();

    Cuda() {
        check(cuInit(0));
        CUdevice device = new CUdevice();
        check(cuDeviceGet(device, 0));
        check(cuCtxCreate(context, 0, device));
        check(cuModuleLoadData(module, PTX + "\0"));
    }

    /** Every call succeeds, or the program ends. */
    static void check(int status) {
        expect(CUresult.CUDA_SUCCESS, status);
    }

    static void expect(int expected, int status) {
        if (status != expected) {
            throw new IllegalStateException("status " + CUresult.stringFor(status) + ", not " + CUresult.stringFor(expected));
        }
    }

    static void equal(float expected, float found) {
        if (expected != found) {
            throw new IllegalStateException(found + " instead of " + expected);
        }
    }

    CUfunction function(String name) {
        CUfunction function = new CUfunction();
        check(cuModuleGetFunction(function, module, name));
        return function;
    }

    static CUdeviceptr allocate(int floats) {
        CUdeviceptr made = new CUdeviceptr();
        check(cuMemAlloc(made, (long) floats * Sizeof.FLOAT));
        return made;
    }

    /** Device memory with values from the program. */
    static CUdeviceptr upload(float... values) {
        CUdeviceptr made = allocate(values.length);
        check(cuMemcpyHtoD(made, Pointer.to(values), (long) values.length * Sizeof.FLOAT));
        return made;
    }

    static float[] download(CUdeviceptr from, int floats) {
        float[] values = new float[floats];
        check(cuMemcpyDtoH(Pointer.to(values), from, (long) floats * Sizeof.FLOAT));
        return values;
    }

    static Pointer pinned(int floats) {
        Pointer made = new Pointer();
        check(cuMemAllocHost(made, (long) floats * Sizeof.FLOAT));
        return made;
    }

    static FloatBuffer floats(Pointer pinned, int count) {
        return pinned.getByteBuffer(0, (long) count * Sizeof.FLOAT).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    static CUstream stream() {
        CUstream made = new CUstream();
        check(cuStreamCreate(made, CUstream_flags.CU_STREAM_NON_BLOCKING));
        return made;
    }

    static Pointer scaled(CUdeviceptr x, float factor, int count) {
        return Pointer.to(Pointer.to(x), Pointer.to(new float[] {factor}), Pointer.to(new int[] {count}));
    }

    /** Launches scale or put. */
    int launch(String kernel, CUstream stream, CUdeviceptr x, float factor, int count) {
        return run(function(kernel), stream, count, scaled(x, factor, count));
    }

    int add(CUstream stream, CUdeviceptr a, CUdeviceptr b, CUdeviceptr c, int count) {
        return run(function("add"), stream, count, Pointer.to(Pointer.to(a), Pointer.to(b), Pointer.to(c), Pointer.to(new int[] {count})));
    }

    static int run(CUfunction function, CUstream stream, int count, Pointer arguments) {
        return cuLaunchKernel(function, (count + THREADS - 1) / THREADS, 1, 1, THREADS, 1, 1, 0, stream, arguments, null);
    }

    @Override
    public void close() {
        check(cuCtxDestroy(context));
    }
}
