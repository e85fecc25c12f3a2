package org.jengine.softcuda.driver;

import static org.jengine.softcuda.driver.Cuda.allocate;
import static org.jengine.softcuda.driver.Cuda.check;
import static org.jengine.softcuda.driver.Cuda.download;
import static org.jengine.softcuda.driver.Cuda.equal;
import static org.jengine.softcuda.driver.Cuda.expect;
import static org.jengine.softcuda.driver.Cuda.floats;
import static org.jengine.softcuda.driver.Cuda.pinned;
import static org.jengine.softcuda.driver.Cuda.stream;
import static org.jengine.softcuda.driver.Cuda.upload;

import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUDA_MEMCPY3D;
import jcuda.driver.CUDA_MEMSET_NODE_PARAMS;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;
import jcuda.driver.CUmemorytype;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;

/** What fewer programs use: several devices and threads, the assembler's log, nodes that copy and fill. Wants two devices. */
final class MoreProgram {
    private static final int COUNT = 100;
    private static final long BYTES = (long) COUNT * Sizeof.FLOAT;

    private MoreProgram() {
    }

    /** Ends with an exception where an answer is wrong. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Cuda cuda = new Cuda()) {
            log();
            nodes();
            signals();
            threads(cuda);
            devices();
        }
        // A null stream is waited for, and a context that is gone is none.
        expect(CUresult.CUDA_ERROR_INVALID_CONTEXT, JCudaDriver.cuCtxSynchronize());
        System.out.println("all is well");
    }

    private static void log() {
        JITOptions options = new JITOptions();
        options.putInt(jcuda.driver.CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, 1000);
        options.putBytes(jcuda.driver.CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[1000]);
        String text = ".version 7.0\n.target sm_70\n.address_size 64\n.visible .entry k() {\n    no.such.instruction;\n}\n\0";
        int status = JCudaDriver.cuModuleLoadDataJIT(new CUmodule(), Pointer.to(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                options);
        expect(CUresult.CUDA_ERROR_INVALID_PTX, status);
        String log = options.getString(jcuda.driver.CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
        if (!log.contains("line 5")) {
            throw new IllegalStateException("the log says: " + log);
        }
        byte[] machineCode = {0x7f, 'E', 'L', 'F', 0, 0, 0, 0};
        expect(CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, JCudaDriver.cuModuleLoadData(new CUmodule(), machineCode));
        expect(CUresult.CUDA_ERROR_INVALID_IMAGE, JCudaDriver.cuModuleLoadData(new CUmodule(), "nonsense\0"));
        expect(CUresult.CUDA_ERROR_FILE_NOT_FOUND, JCudaDriver.cuModuleLoad(new CUmodule(), "no/such/file.ptx"));
    }

    private static void nodes() {
        CUstream stream = stream();
        CUdeviceptr x = allocate(COUNT);
        Pointer memory = pinned(COUNT);
        CUgraph graph = new CUgraph();
        CUgraphNode fill = new CUgraphNode();
        CUgraphNode copy = new CUgraphNode();
        check(JCudaDriver.cuGraphCreate(graph, 0));
        CUDA_MEMSET_NODE_PARAMS ones = new CUDA_MEMSET_NODE_PARAMS();
        ones.dst = x;
        ones.value = Float.floatToIntBits(1);
        ones.elementSize = Sizeof.FLOAT;
        ones.width = COUNT;
        ones.height = 1;
        CUcontext context = new CUcontext();
        check(JCudaDriver.cuCtxGetCurrent(context));
        check(JCudaDriver.cuGraphAddMemsetNode(fill, graph, new CUgraphNode[0], 0, ones, context));
        CUDA_MEMCPY3D out = new CUDA_MEMCPY3D();
        out.srcMemoryType = CUmemorytype.CU_MEMORYTYPE_DEVICE;
        out.srcDevice = x;
        out.dstMemoryType = CUmemorytype.CU_MEMORYTYPE_HOST;
        out.dstHost = memory;
        out.WidthInBytes = BYTES;
        out.Height = 1;
        out.Depth = 1;
        check(JCudaDriver.cuGraphAddMemcpyNode(copy, graph, new CUgraphNode[] {fill}, 1, out, context));
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(1, floats(memory, COUNT).get(COUNT - 1));
        ones.value = Float.floatToIntBits(2);
        check(JCudaDriver.cuGraphExecMemsetNodeSetParams(exec, fill, ones, context));
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(2, floats(memory, COUNT).get(COUNT - 1));
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuMemFreeHost(memory));
        check(JCudaDriver.cuMemFree(x));
        check(JCudaDriver.cuStreamDestroy(stream));
    }

    /** The JVM finds null pointers and the end of the stack by the same signal that the watch over pinned pages needs. */
    private static void signals() {
        Pointer memory = pinned(COUNT);
        int found = 0;
        for (int i = 0; i < 200_000; i++) {
            int[] nothing = i % 2 == 0 ? null : new int[1];
            try {
                found += nothing.length;
            } catch (NullPointerException e) {
                found += 2;
            }
        }
        equal(300_000, found);
        try {
            deeper(1);
            throw new IllegalStateException("the stack has no end");
        } catch (StackOverflowError e) {
            check(JCudaDriver.cuMemFreeHost(memory));
        }
    }

    private static int deeper(int depth) {
        return depth + deeper(depth + 1) % 2;
    }

    private static void threads(Cuda cuda) throws InterruptedException {
        int[] statuses = new int[3];
        Thread thread = new Thread(() -> {
            statuses[0] = JCudaDriver.cuCtxSynchronize();
            statuses[1] = JCudaDriver.cuCtxSetCurrent(cuda.context);
            CUdeviceptr x = upload(new float[COUNT]);
            check(cuda.launch("put", null, x, 3, COUNT));
            equal(3, download(x, COUNT)[1]);
            check(JCudaDriver.cuMemFree(x));
            statuses[2] = JCudaDriver.cuCtxPopCurrent(new CUcontext());
        });
        thread.start();
        thread.join();
        expect(CUresult.CUDA_ERROR_INVALID_CONTEXT, statuses[0]);
        check(statuses[1]);
        check(statuses[2]);
    }

    private static void devices() {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetCount(value));
        equal(2, value[0]);
        CUdevice second = new CUdevice();
        check(JCudaDriver.cuDeviceGet(second, 1));
        byte[] name = new byte[100];
        check(JCudaDriver.cuDeviceGetName(name, name.length, second));
        if (!new String(name, java.nio.charset.StandardCharsets.US_ASCII).startsWith("Tesla T4\0")) {
            throw new IllegalStateException("the second device's name");
        }
        CUcontext first = new CUcontext();
        check(JCudaDriver.cuCtxGetCurrent(first));
        CUdeviceptr x = upload(1, 2, 3);
        CUcontext other = new CUcontext();
        check(JCudaDriver.cuDevicePrimaryCtxRetain(other, second));
        check(JCudaDriver.cuCtxPushCurrent(other));
        CUdeviceptr y = allocate(3);
        check(JCudaDriver.cuMemcpyPeer(y, other, x, first, 3L * Sizeof.FLOAT));
        equal(3, download(y, 3)[2]);
        check(JCudaDriver.cuMemFree(y));
        check(JCudaDriver.cuCtxPopCurrent(new CUcontext()));
        check(JCudaDriver.cuDevicePrimaryCtxRelease(second));
        check(JCudaDriver.cuMemFree(x));
    }
}
