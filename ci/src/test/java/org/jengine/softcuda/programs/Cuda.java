package org.jengine.softcuda.programs;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/** A context, and what is made in it: closing frees all of that. Nothing here knows what device runs the programs. */
final class Cuda implements AutoCloseable {
    private final CUcontext context = new CUcontext();
    private final Deque<Runnable> frees = new ArrayDeque<>();

    Cuda() {
        check(cuInit(0));
        CUdevice device = new CUdevice();
        check(cuDeviceGet(device, 0));
        check(cuCtxCreate(context, 0, device));
    }

    static void check(int status) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw new IllegalStateException(CUresult.stringFor(status));
        }
    }

    static CUfunction function(CUmodule module, String name) {
        CUfunction function = new CUfunction();
        check(cuModuleGetFunction(function, module, name));
        return function;
    }

    /** The PTX file of that name among the test's resources. */
    CUmodule module(String file) {
        try (InputStream in = Cuda.class.getResourceAsStream("/textbook/" + file + ".ptx")) {
            CUmodule module = new CUmodule();
            check(cuModuleLoadData(module, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            frees.push(() -> cuModuleUnload(module));
            return module;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CUdeviceptr buffer(long bytes) {
        CUdeviceptr pointer = new CUdeviceptr();
        check(cuMemAlloc(pointer, bytes));
        frees.push(() -> cuMemFree(pointer));
        return pointer;
    }

    /** Page-locked memory of the host. */
    Pointer pinned(long bytes) {
        Pointer pointer = new Pointer();
        check(cuMemAllocHost(pointer, bytes));
        frees.push(() -> cuMemFreeHost(pointer));
        return pointer;
    }

    /** A stream that does not wait for the null stream. */
    CUstream stream() {
        CUstream stream = new CUstream();
        check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        frees.push(() -> cuStreamDestroy(stream));
        return stream;
    }

    CUevent event() {
        CUevent event = new CUevent();
        check(cuEventCreate(event, 0));
        frees.push(() -> cuEventDestroy(event));
        return event;
    }

    CUdeviceptr upload(float... data) {
        CUdeviceptr pointer = buffer((long) Sizeof.FLOAT * data.length);
        check(cuMemcpyHtoD(pointer, Pointer.to(data), (long) Sizeof.FLOAT * data.length));
        return pointer;
    }

    CUdeviceptr upload(int... data) {
        CUdeviceptr pointer = buffer((long) Sizeof.INT * data.length);
        check(cuMemcpyHtoD(pointer, Pointer.to(data), (long) Sizeof.INT * data.length));
        return pointer;
    }

    static float[] floats(CUdeviceptr from, int count) {
        float[] data = new float[count];
        check(cuMemcpyDtoH(Pointer.to(data), from, (long) Sizeof.FLOAT * count));
        return data;
    }

    /** Launches; arguments are pointers, Integers or Floats in the kernel's order. Returns the status. */
    static int launch(CUfunction function, int blocks, int threads, int shared, CUstream stream, Object... arguments) {
        Pointer[] parameters = new Pointer[arguments.length];
        for (int k = 0; k < arguments.length; k++) {
            if (arguments[k] instanceof Integer value) {
                parameters[k] = Pointer.to(new int[] {value});
            } else if (arguments[k] instanceof Float value) {
                parameters[k] = Pointer.to(new float[] {value});
            } else {
                parameters[k] = Pointer.to((Pointer) arguments[k]);
            }
        }
        return cuLaunchKernel(function, blocks, 1, 1, threads, 1, 1, shared, stream, Pointer.to(parameters), null);
    }

    @Override
    public void close() {
        // In a context that a fault has ended each of these answers with the fault.
        frees.forEach(Runnable::run);
        cuCtxDestroy(context);
    }
}
