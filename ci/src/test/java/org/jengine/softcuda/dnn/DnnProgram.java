package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBackendDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;

/**
 * Plans a convolution with bias and activation through JCudnn's graph interface, and performs it. Ends with an exception if it is wrong.
 */
final class DnnProgram {
    private static final int CHANNELS = 3;
    private static final int FILTERS = 4;
    private static final int SIZE = 5;
    private static final int OUT = SIZE - 2;
    private static final int ROOM = 4096;

    private final Handle handle = new Handle();
    private final Pointer pinned = new Pointer();
    private final ByteBuffer elements;

    private DnnProgram() {
        check(JCudnn.cudnnCreate(handle));
        check(JCudaDriver.cuMemAllocHost(pinned, ROOM));
        elements = pinned.getByteBuffer(0, ROOM).order(ByteOrder.nativeOrder());
    }

    /** Objects whose native address can be seen, for the descriptors that hold it. */
    private static final class Part extends cudnnBackendDescriptor {
        private long address() {
            return getNativePointer();
        }
    }

    private static final class Handle extends cudnnHandle {
        private long address() {
            return getNativePointer();
        }
    }

    private static final class Memory extends CUdeviceptr {
        private long address() {
            return getNativePointer();
        }
    }

    private static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("status " + status);
        }
    }

    private static Part create(Kind kind) {
        int number = 0;
        while (Kind.find(number) != kind) {
            number++;
        }
        Part made = new Part();
        check(JCudnn.cudnnBackendCreateDescriptor(number, made));
        return made;
    }

    private void set(Part to, Attribute attribute, Type type, long... values) {
        elements.clear();
        for (long value : values) {
            if (type.bytes() == Long.BYTES) {
                elements.putLong(value);
            } else if (type.bytes() == 1) {
                elements.put((byte) value);
            } else {
                elements.putInt((int) value);
            }
        }
        check(JCudnn.cudnnBackendSetAttribute(to, attribute.number(), type.number(), values.length, pinned));
    }

    private Part done(Part part) {
        check(JCudnn.cudnnBackendFinalize(part));
        return part;
    }

    /** A tensor with its channels last. */
    private Part tensor(long uid, boolean virtual, int... dims) {
        Part made = create(Kind.TENSOR);
        set(made, Attribute.TENSOR_DATA_TYPE, Type.DATA_TYPE, 0);
        set(made, Attribute.TENSOR_DIMENSIONS, Type.INT64, java.util.Arrays.stream(dims).asLongStream().toArray());
        set(made, Attribute.TENSOR_STRIDES, Type.INT64, java.util.Arrays.stream(Tensor.channelsLast(dims)).asLongStream().toArray());
        set(made, Attribute.TENSOR_BYTE_ALIGNMENT, Type.INT64, 16);
        set(made, Attribute.TENSOR_UNIQUE_ID, Type.INT64, uid);
        set(made, Attribute.TENSOR_IS_VIRTUAL, Type.BOOLEAN, virtual ? 1 : 0);
        return done(made);
    }

    private Part pointwise(int mode, Part x, Part b, Part y) {
        Part function = create(Kind.POINTWISE);
        set(function, Attribute.POINTWISE_MODE, Type.POINTWISE_MODE, mode);
        set(function, Attribute.POINTWISE_MATH_PREC, Type.DATA_TYPE, 0);
        done(function);
        Part made = create(Kind.OPERATION_POINTWISE);
        set(made, Attribute.OPERATION_POINTWISE_PW_DESCRIPTOR, Type.DESCRIPTOR, function.address());
        set(made, Attribute.OPERATION_POINTWISE_XDESC, Type.DESCRIPTOR, x.address());
        if (b != null) {
            set(made, Attribute.OPERATION_POINTWISE_BDESC, Type.DESCRIPTOR, b.address());
        }
        set(made, Attribute.OPERATION_POINTWISE_YDESC, Type.DESCRIPTOR, y.address());
        return done(made);
    }

    private Part graph() {
        Part settings = create(Kind.CONVOLUTION);
        set(settings, Attribute.CONVOLUTION_COMP_TYPE, Type.DATA_TYPE, 0);
        set(settings, Attribute.CONVOLUTION_CONV_MODE, Type.CONVOLUTION_MODE, 1);
        set(settings, Attribute.CONVOLUTION_SPATIAL_DIMS, Type.INT64, 2);
        set(settings, Attribute.CONVOLUTION_PRE_PADDINGS, Type.INT64, 0, 0);
        set(settings, Attribute.CONVOLUTION_POST_PADDINGS, Type.INT64, 0, 0);
        set(settings, Attribute.CONVOLUTION_FILTER_STRIDES, Type.INT64, 1, 1);
        set(settings, Attribute.CONVOLUTION_DILATIONS, Type.INT64, 1, 1);
        done(settings);
        Part sum = tensor(10, true, 1, FILTERS, OUT, OUT);
        Part shifted = tensor(11, true, 1, FILTERS, OUT, OUT);
        Part convolution = create(Kind.OPERATION_CONVOLUTION_FORWARD);
        set(convolution, Attribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC, Type.DESCRIPTOR, settings.address());
        set(convolution, Attribute.OPERATION_CONVOLUTION_FORWARD_X, Type.DESCRIPTOR, tensor(1, false, 1, CHANNELS, SIZE, SIZE).address());
        set(convolution, Attribute.OPERATION_CONVOLUTION_FORWARD_W, Type.DESCRIPTOR, tensor(2, false, FILTERS, CHANNELS, 3, 3).address());
        set(convolution, Attribute.OPERATION_CONVOLUTION_FORWARD_Y, Type.DESCRIPTOR, sum.address());
        done(convolution);
        Part add = pointwise(Pointwise.ADD, sum, tensor(3, false, 1, FILTERS, 1, 1), shifted);
        Part relu = pointwise(Pointwise.RELU, shifted, null, tensor(4, false, 1, FILTERS, OUT, OUT));
        Part graph = create(Kind.OPERATIONGRAPH);
        set(graph, Attribute.OPERATIONGRAPH_HANDLE, Type.HANDLE, handle.address());
        set(graph, Attribute.OPERATIONGRAPH_OPS, Type.DESCRIPTOR, convolution.address(), add.address(), relu.address());
        return done(graph);
    }

    /** The plan that the heuristics offer last, which multiplies plain floats. */
    private Part plan() {
        Part heuristics = create(Kind.ENGINEHEUR);
        set(heuristics, Attribute.ENGINEHEUR_OPERATION_GRAPH, Type.DESCRIPTOR, graph().address());
        set(heuristics, Attribute.ENGINEHEUR_MODE, Type.HEUR_MODE, 3);
        done(heuristics);
        long[] count = new long[1];
        check(JCudnn.cudnnBackendGetAttribute(heuristics, Attribute.ENGINEHEUR_RESULTS.number(), Type.DESCRIPTOR.number(), 0, count, null));
        Part[] found = new Part[(int) count[0]];
        elements.clear();
        for (int i = 0; i < found.length; i++) {
            found[i] = create(Kind.ENGINECFG);
            elements.putLong(found[i].address());
        }
        check(JCudnn.cudnnBackendGetAttribute(heuristics, Attribute.ENGINEHEUR_RESULTS.number(), Type.DESCRIPTOR.number(), found.length,
                count, pinned));
        Part plan = create(Kind.EXECUTION_PLAN);
        set(plan, Attribute.EXECUTION_PLAN_HANDLE, Type.HANDLE, handle.address());
        set(plan, Attribute.EXECUTION_PLAN_ENGINE_CONFIG, Type.DESCRIPTOR, found[found.length - 1].address());
        return done(plan);
    }

    private static Memory upload(float... values) {
        Memory made = new Memory();
        check(JCudaDriver.cuMemAlloc(made, (long) values.length * Sizeof.FLOAT));
        check(JCudaDriver.cuMemcpyHtoD(made, Pointer.to(values), (long) values.length * Sizeof.FLOAT));
        return made;
    }

    private static float[] draw(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private void run() {
        CUstream stream = new CUstream();
        check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        check(JCudnn.cudnnSetStream(handle, new cudaStream_t(stream)));
        float[] xs = draw(CHANNELS * SIZE * SIZE);
        float[] ws = draw(FILTERS * CHANNELS * 9);
        float[] bs = draw(FILTERS);
        Memory[] memory = {upload(xs), upload(ws), upload(bs), upload(new float[FILTERS * OUT * OUT])};
        check(JCudaDriver.cuCtxSynchronize());
        Part pack = create(Kind.VARIANT_PACK);
        set(pack, Attribute.VARIANT_PACK_UNIQUE_IDS, Type.INT64, 1, 2, 3, 4);
        set(pack, Attribute.VARIANT_PACK_DATA_POINTERS, Type.VOID_PTR, java.util.Arrays.stream(memory).mapToLong(Memory::address)
                .toArray());
        done(pack);
        check(JCudnn.cudnnBackendExecute(handle, plan(), pack));
        check(JCudaDriver.cuStreamSynchronize(stream));
        float[] got = new float[FILTERS * OUT * OUT];
        check(JCudaDriver.cuMemcpyDtoH(Pointer.to(got), memory[3], (long) got.length * Sizeof.FLOAT));
        for (int i = 0; i < got.length; i++) {
            int filter = i % FILTERS;
            int corner = i / FILTERS / OUT * SIZE + i / FILTERS % OUT;
            double sum = bs[filter];
            for (int tap = 0; tap < 9; tap++) {
                for (int channel = 0; channel < CHANNELS; channel++) {
                    sum += xs[(corner + tap / 3 * SIZE + tap % 3) * CHANNELS + channel] * ws[(filter * 9 + tap) * CHANNELS + channel];
                }
            }
            if (Math.abs(Math.max(0, sum) - got[i]) > 1e-5) {
                throw new IllegalStateException(got[i] + " instead of " + sum);
            }
        }
        for (Memory each : memory) {
            check(JCudaDriver.cuMemFree(each));
        }
        check(JCudnn.cudnnDestroy(handle));
        check(JCudaDriver.cuStreamDestroy(stream));
        check(JCudaDriver.cuMemFreeHost(pinned));
    }

    public static void main(String[] arguments) {
        check(JCudaDriver.cuInit(0));
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, 0));
        CUcontext context = new CUcontext();
        check(JCudaDriver.cuCtxCreate(context, 0, device));
        new DnnProgram().run();
        check(JCudaDriver.cuCtxDestroy(context));
        System.out.println("all is well");
    }
}
