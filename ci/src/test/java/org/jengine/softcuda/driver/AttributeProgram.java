package org.jengine.softcuda.driver;

import static org.jengine.softcuda.driver.Cuda.allocate;
import static org.jengine.softcuda.driver.Cuda.check;
import static org.jengine.softcuda.driver.Cuda.equal;
import static org.jengine.softcuda.driver.Cuda.expect;
import static org.jengine.softcuda.driver.Cuda.stream;

import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUDA_KERNEL_NODE_PARAMS;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;
import jcuda.driver.CUkernelNodeAttrID;
import jcuda.driver.CUkernelNodeAttrValue;
import jcuda.driver.CUmemAttach_flags;
import jcuda.driver.CUmem_advise;
import jcuda.driver.CUmem_range_attribute;
import jcuda.driver.CUpointer_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamAttrID;
import jcuda.driver.CUstreamAttrValue;
import jcuda.driver.JCudaDriver;

/** Attributes of streams, kernel nodes, pointers and managed ranges: kept, handed back, and refused where they are wrong. */
final class AttributeProgram {
    private static final int WRONG = CUresult.CUDA_ERROR_INVALID_VALUE;
    private static final int POLICY = CUstreamAttrID.CU_STREAM_ATTRIBUTE_SYNCHRONIZATION_POLICY;
    private static final int COOPERATIVE = CUkernelNodeAttrID.CU_KERNEL_NODE_ATTRIBUTE_COOPERATIVE;
    private static final int SYNC = CUpointer_attribute.CU_POINTER_ATTRIBUTE_SYNC_MEMOPS;
    private static final int BYTES = 1 << 20;
    private static final int INVALID_DEVICE = -2;

    private AttributeProgram() {
    }

    /** Ends with an exception where an answer is wrong. */
    public static void main(String[] arguments) {
        try (Cuda cuda = new Cuda()) {
            streams();
            nodes(cuda);
            pointers();
            ranges();
        }
        System.out.println("all is well");
    }

    private static void streams() {
        CUstream one = stream();
        CUstream two = stream();
        CUstreamAttrValue value = new CUstreamAttrValue();
        check(JCudaDriver.cuStreamGetAttribute(one, POLICY, value));
        equal(1, value.syncPolicy);
        value.syncPolicy = 4;
        check(JCudaDriver.cuStreamSetAttribute(one, POLICY, value));
        check(JCudaDriver.cuStreamCopyAttributes(two, one));
        value.syncPolicy = 0;
        check(JCudaDriver.cuStreamGetAttribute(two, POLICY, value));
        equal(4, value.syncPolicy);
        for (int policy : new int[] {0, 5}) {
            value.syncPolicy = policy;
            expect(WRONG, JCudaDriver.cuStreamSetAttribute(one, POLICY, value));
        }
        check(JCudaDriver.cuStreamDestroy(two));
        check(JCudaDriver.cuStreamDestroy(one));
    }

    private static CUgraphNode put(Cuda cuda, CUgraph graph, CUdeviceptr x, int blocks) {
        CUgraphNode node = new CUgraphNode();
        check(JCudaDriver.cuGraphAddKernelNode(node, graph, new CUgraphNode[0], 0, put(cuda, x, blocks)));
        return node;
    }

    private static CUDA_KERNEL_NODE_PARAMS put(Cuda cuda, CUdeviceptr x, int blocks) {
        CUDA_KERNEL_NODE_PARAMS params = new CUDA_KERNEL_NODE_PARAMS();
        params.func = cuda.function("put");
        params.gridDimX = blocks;
        params.gridDimY = 1;
        params.gridDimZ = 1;
        params.blockDimX = Cuda.THREADS;
        params.blockDimY = 1;
        params.blockDimZ = 1;
        params.kernelParams = Cuda.scaled(x, 1, 1);
        return params;
    }

    private static int cooperative(CUgraphNode node) {
        CUkernelNodeAttrValue value = new CUkernelNodeAttrValue();
        check(JCudaDriver.cuGraphKernelNodeGetAttribute(node, COOPERATIVE, value));
        return value.cooperative;
    }

    private static void nodes(Cuda cuda) {
        CUdeviceptr x = allocate(1);
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuGraphCreate(graph, 0));
        CUgraphNode small = put(cuda, graph, x, 2);
        CUgraphNode large = put(cuda, graph, x, 1 << 20);
        CUgraphNode empty = new CUgraphNode();
        check(JCudaDriver.cuGraphAddEmptyNode(empty, graph, new CUgraphNode[0], 0));
        equal(0, cooperative(small));
        CUkernelNodeAttrValue value = new CUkernelNodeAttrValue();
        value.cooperative = 1;
        check(JCudaDriver.cuGraphKernelNodeSetAttribute(small, COOPERATIVE, value));
        check(JCudaDriver.cuGraphKernelNodeSetParams(small, put(cuda, x, 3)));
        equal(1, cooperative(small));
        expect(WRONG, JCudaDriver.cuGraphKernelNodeSetAttribute(empty, COOPERATIVE, value));
        expect(WRONG, JCudaDriver.cuGraphKernelNodeCopyAttributes(small, empty));
        check(JCudaDriver.cuGraphKernelNodeCopyAttributes(large, small));
        equal(1, cooperative(large));
        // So many blocks cannot all run at once.
        expect(CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, JCudaDriver.cuGraphInstantiate(new CUgraphExec(), graph, 0));
        value.cooperative = 2;
        expect(WRONG, JCudaDriver.cuGraphKernelNodeSetAttribute(large, COOPERATIVE, value));
        value.cooperative = 0;
        check(JCudaDriver.cuGraphKernelNodeSetAttribute(large, COOPERATIVE, value));
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        expect(CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, JCudaDriver.cuGraphExecKernelNodeSetParams(exec, small,
                put(cuda, x, 1 << 20)));
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuMemFree(x));
    }

    private static void pointers() {
        CUdeviceptr x = allocate(BYTES / 4);
        int[] value = {7};
        check(JCudaDriver.cuPointerGetAttribute(Pointer.to(value), SYNC, x));
        equal(0, value[0]);
        check(JCudaDriver.cuPointerSetAttribute(Pointer.to(new int[] {1}), SYNC, x));
        check(JCudaDriver.cuPointerGetAttribute(Pointer.to(value), SYNC, x));
        equal(1, value[0]);
        // A fill ends before its call does, so that no order is missing to a stream that does not wait for the null stream.
        CUstream other = stream();
        check(JCudaDriver.cuMemsetD8(x, (byte) 1, BYTES));
        check(JCudaDriver.cuMemsetD8Async(x, (byte) 2, BYTES, other));
        check(JCudaDriver.cuStreamSynchronize(other));
        check(JCudaDriver.cuMemcpyDtoD(x.withByteOffset(BYTES / 2), x, BYTES / 2));
        check(JCudaDriver.cuMemsetD8Async(x, (byte) 2, BYTES, other));
        check(JCudaDriver.cuStreamSynchronize(other));
        check(JCudaDriver.cuStreamDestroy(other));
        expect(WRONG, JCudaDriver.cuPointerSetAttribute(Pointer.to(new int[] {2}), SYNC, x));
        expect(WRONG, JCudaDriver.cuPointerSetAttribute(Pointer.to(value), CUpointer_attribute.CU_POINTER_ATTRIBUTE_BUFFER_ID, x));
        check(JCudaDriver.cuMemFree(x));
        expect(WRONG, JCudaDriver.cuPointerSetAttribute(Pointer.to(value), SYNC, x));
    }

    private static int[] range(int attribute, CUdeviceptr x, long bytes, int values) {
        int[] found = new int[values];
        check(JCudaDriver.cuMemRangeGetAttribute(Pointer.to(found), 4L * values, attribute, x, bytes));
        return found;
    }

    private static void ranges() {
        CUdeviceptr x = new CUdeviceptr();
        check(JCudaDriver.cuMemAllocManaged(x, BYTES, CUmemAttach_flags.CU_MEM_ATTACH_GLOBAL));
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, 0));
        int mostly = CUmem_range_attribute.CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY;
        int preferred = CUmem_range_attribute.CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION;
        int accessed = CUmem_range_attribute.CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY;
        equal(0, range(mostly, x, BYTES, 1)[0]);
        equal(INVALID_DEVICE, range(preferred, x, BYTES, 1)[0]);
        check(JCudaDriver.cuMemAdvise(x, BYTES / 2, CUmem_advise.CU_MEM_ADVISE_SET_READ_MOSTLY, device));
        check(JCudaDriver.cuMemAdvise(x, BYTES / 2, CUmem_advise.CU_MEM_ADVISE_SET_PREFERRED_LOCATION, device));
        check(JCudaDriver.cuMemAdvise(x, BYTES, CUmem_advise.CU_MEM_ADVISE_SET_ACCESSED_BY, device));
        equal(1, range(mostly, x, BYTES / 2, 1)[0]);
        equal(0, range(mostly, x, BYTES / 2 + 1, 1)[0]);
        equal(0, range(preferred, x, BYTES / 2, 1)[0]);
        equal(INVALID_DEVICE, range(preferred, x, BYTES, 1)[0]);
        int[] who = range(accessed, x, BYTES, 2);
        if (!Arrays.equals(new int[] {0, INVALID_DEVICE}, who)) {
            throw new IllegalStateException(Arrays.toString(who));
        }
        int[][] both = {{7}, {7}};
        check(JCudaDriver.cuMemRangeGetAttributes(new Pointer[] {Pointer.to(both[0]), Pointer.to(both[1])}, new long[] {4, 4},
                new int[] {mostly, preferred}, 2, x, BYTES / 2));
        equal(1, both[0][0]);
        equal(0, both[1][0]);
        Pointer place = Pointer.to(new int[4]);
        expect(WRONG, JCudaDriver.cuMemRangeGetAttribute(place, 8, mostly, x, BYTES));
        expect(WRONG, JCudaDriver.cuMemRangeGetAttribute(place, 6, accessed, x, BYTES));
        expect(WRONG, JCudaDriver.cuMemRangeGetAttribute(place, 0, accessed, x, BYTES));
        expect(WRONG, JCudaDriver.cuMemRangeGetAttribute(place, 4, 99, x, BYTES));
        expect(WRONG, JCudaDriver.cuMemRangeGetAttribute(place, 4, mostly, x, BYTES + 1));
        expect(WRONG, JCudaDriver.cuMemAdvise(x, BYTES, 7, device));
        CUdeviceptr own = allocate(1);
        expect(WRONG, JCudaDriver.cuMemRangeGetAttribute(place, 4, mostly, own, 4));
        check(JCudaDriver.cuMemFree(own));
        check(JCudaDriver.cuMemFree(x));
    }
}
