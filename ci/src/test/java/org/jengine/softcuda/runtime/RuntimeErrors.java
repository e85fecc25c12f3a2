package org.jengine.softcuda.runtime;

import static org.jengine.softcuda.runtime.RuntimeProgram.allocate;
import static org.jengine.softcuda.runtime.RuntimeProgram.check;
import static org.jengine.softcuda.runtime.RuntimeProgram.expect;
import static org.jengine.softcuda.runtime.RuntimeProgram.require;

import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaArray;
import jcuda.runtime.cudaChannelFormatDesc;
import jcuda.runtime.cudaError;
import jcuda.runtime.cudaMemcpyKind;

/** What the runtime API answers a program that is wrong. */
final class RuntimeErrors {
    private static final String STRAY = """
            .version 7.0
            .target sm_70
            .address_size 64
            .visible .entry stray(.param .u64 to) {
                .reg .b64 %rd<3>;
                .reg .b32 %r<2>;
                ld.param.u64 %rd1, [to];
                mov.u32 %r1, 0;
                st.global.u32 [%rd1+4096], %r1;
                ret;
            }
            """;

    private RuntimeErrors() {
    }

    public static void main(String[] arguments) {
        expect(cudaError.cudaErrorInvalidValue, JCuda.cudaMemset(new Pointer(), 0, 4));
        expect(cudaError.cudaErrorInvalidValue, JCuda.cudaPeekAtLastError());
        expect(cudaError.cudaErrorInvalidValue, JCuda.cudaGetLastError());
        check(JCuda.cudaGetLastError());
        expect(cudaError.cudaErrorMemoryAllocation, JCuda.cudaMalloc(new Pointer(), 1L << 50));
        expect(cudaError.cudaErrorInvalidMemcpyDirection, JCuda.cudaMemcpy(new Pointer(), new Pointer(), 4,
                cudaMemcpyKind.cudaMemcpyDefault));
        require(JCuda.cudaGetErrorName(cudaError.cudaErrorMemoryAllocation).equals("cudaErrorMemoryAllocation"), "the error's name");
        require(JCuda.cudaGetErrorString(cudaError.cudaErrorMemoryAllocation).equals("out of memory"), "the error's text");
        beyondTheArray();
        missing();
        stray();
        System.out.println("all is well");
    }

    private static void beyondTheArray() {
        Pointer x = allocate(10);
        try {
            JCuda.cudaMemcpy(x, Pointer.to(new float[9]), 10 * Sizeof.FLOAT, cudaMemcpyKind.cudaMemcpyHostToDevice);
            throw new IllegalStateException("ten numbers were read from an array of nine");
        } catch (ArrayIndexOutOfBoundsException e) {
            require(e.getMessage().contains("array"), e.getMessage());
        }
        check(JCuda.cudaFree(x));
    }

    private static void missing() {
        try {
            JCuda.cudaMallocArray(new cudaArray(), new cudaChannelFormatDesc(), 8, 8);
            throw new IllegalStateException("there are no arrays");
        } catch (UnsatisfiedLinkError e) {
            require(e.getMessage().contains("cudaMallocArrayNative"), e.getMessage());
        }
    }

    /** After a fault of a kernel every call fails, until the device is reset. */
    private static void stray() {
        Pointer x = allocate(10);
        CUmodule module = new CUmodule();
        CUfunction function = new CUfunction();
        check(JCudaDriver.cuModuleLoadData(module, STRAY + "\0"));
        check(JCudaDriver.cuModuleGetFunction(function, module, "stray"));
        check(JCudaDriver.cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, null, Pointer.to(Pointer.to(x)), null));
        expect(cudaError.cudaErrorIllegalAddress, JCuda.cudaDeviceSynchronize());
        expect(cudaError.cudaErrorIllegalAddress, JCuda.cudaGetLastError());
        expect(cudaError.cudaErrorIllegalAddress, JCuda.cudaGetLastError());
        expect(cudaError.cudaErrorIllegalAddress, JCuda.cudaMalloc(new Pointer(), 4));
        check(JCuda.cudaDeviceReset());
        check(JCuda.cudaGetLastError());
        check(JCuda.cudaFree(allocate(10)));
    }
}
