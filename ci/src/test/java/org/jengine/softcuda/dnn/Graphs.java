package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jengine.softcuda.blas.Caller;
import org.jengine.softcuda.blas.DataType;
import org.jengine.softcuda.blas.DeviceMemory;
import org.jengine.softcuda.check.Reports;

/** Builds graphs through the calls of the graph interface, as a program does. */
final class Graphs {
    final DeviceMemory memory = new DeviceMemory();
    final Caller caller = new Caller();
    final Random random = new Random(9);
    final long handle;
    private long names;

    Graphs(int capability) {
        new Dnn(memory, caller, null, new Reports(report -> { }), () -> capability).provide(caller.calls());
        ok(caller.call("cudnnCreate", 1L));
        handle = caller.i64();
    }

    void ok(int status) {
        if (status != 0) {
            throw new AssertionError(status + ": " + caller.error());
        }
    }

    long create(Kind kind) {
        int number = 0;
        while (Kind.find(number) != kind) {
            number++;
        }
        ok(caller.call("cudnnBackendCreateDescriptor", number, 1L));
        return caller.i64();
    }

    int set(long descriptor, Attribute attribute, Type type, Object... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (Object value : values) {
            switch (type.bytes()) {
                case 1 -> bytes.put(((Number) value).byteValue());
                case 4 -> {
                    if (type == Type.FLOAT) {
                        bytes.putFloat(((Number) value).floatValue());
                    } else {
                        bytes.putInt(((Number) value).intValue());
                    }
                }
                default -> bytes.putLong(((Number) value).longValue());
            }
        }
        return caller.call("cudnnBackendSetAttribute", descriptor, attribute.number(), type.number(), (long) values.length, bytes.array());
    }

    int complete(long descriptor) {
        return caller.call("cudnnBackendFinalize", descriptor);
    }

    /** A tensor of the graph with its place in memory, 0 for a virtual one. */
    record Placed(long id, long uid, Tensor tensor, long address, float[] values) {
    }

    Placed tensor(Tensor tensor, boolean virtual, int alignment) {
        long id = create(Kind.TENSOR);
        long uid = ++names;
        ok(set(id, Attribute.TENSOR_DATA_TYPE, Type.DATA_TYPE, Types.number(tensor.type())));
        ok(set(id, Attribute.TENSOR_DIMENSIONS, Type.INT64, boxed(tensor.dims())));
        ok(set(id, Attribute.TENSOR_STRIDES, Type.INT64, boxed(tensor.strides())));
        ok(set(id, Attribute.TENSOR_BYTE_ALIGNMENT, Type.INT64, alignment));
        ok(set(id, Attribute.TENSOR_UNIQUE_ID, Type.INT64, uid));
        ok(set(id, Attribute.TENSOR_IS_VIRTUAL, Type.BOOLEAN, virtual ? 1 : 0));
        ok(complete(id));
        return new Placed(id, uid, tensor, virtual ? 0 : memory.allocate(tensor.bytes()), null);
    }

    /** A tensor whose memory nobody wrote. */
    Placed output(DataType type, boolean last, int... dims) {
        return tensor(new Tensor(type, dims, last ? Tensor.channelsLast(dims) : Tensor.packedStrides(dims)), false, 16);
    }

    Placed virtual(int... dims) {
        return tensor(Tensor.packed(DataType.F32, dims), true, 16);
    }

    /** A tensor of random values. */
    Placed input(DataType type, boolean last, int... dims) {
        return filled(output(type, last, dims));
    }

    Placed filled(Placed to) {
        float[] values = new float[to.tensor.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = to.tensor.type().round((float) random.nextGaussian());
        }
        return filled(to, values);
    }

    Placed filled(Placed to, float[] values) {
        to.tensor.write(memory, DeviceMemory.TURN, to.address, values);
        return new Placed(to.id, to.uid, to.tensor, to.address, values);
    }

    float[] read(Placed from) {
        return from.tensor.read(memory, DeviceMemory.TURN, from.address);
    }

    static Object[] boxed(int... values) {
        return java.util.Arrays.stream(values).boxed().toArray();
    }

    long convolution(int pad, int stride, int dilation) {
        long id = create(Kind.CONVOLUTION);
        ok(set(id, Attribute.CONVOLUTION_COMP_TYPE, Type.DATA_TYPE, 0));
        ok(set(id, Attribute.CONVOLUTION_CONV_MODE, Type.CONVOLUTION_MODE, 1));
        ok(set(id, Attribute.CONVOLUTION_SPATIAL_DIMS, Type.INT64, 2));
        ok(set(id, Attribute.CONVOLUTION_PRE_PADDINGS, Type.INT64, pad, pad));
        ok(set(id, Attribute.CONVOLUTION_POST_PADDINGS, Type.INT64, pad, pad));
        ok(set(id, Attribute.CONVOLUTION_FILTER_STRIDES, Type.INT64, stride, stride));
        ok(set(id, Attribute.CONVOLUTION_DILATIONS, Type.INT64, dilation, dilation));
        ok(complete(id));
        return id;
    }

    long forward(long convolution, Placed x, Placed w, Placed y) {
        long id = create(Kind.OPERATION_CONVOLUTION_FORWARD);
        ok(set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC, Type.DESCRIPTOR, convolution));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_X, Type.DESCRIPTOR, x.id));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_W, Type.DESCRIPTOR, w.id));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_Y, Type.DESCRIPTOR, y.id));
        ok(complete(id));
        return id;
    }

    long data(long convolution, Placed dx, Placed w, Placed dy) {
        long id = create(Kind.OPERATION_CONVOLUTION_BACKWARD_DATA);
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, Type.DESCRIPTOR, convolution));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_DATA_DX, Type.DESCRIPTOR, dx.id));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_DATA_W, Type.DESCRIPTOR, w.id));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_DATA_DY, Type.DESCRIPTOR, dy.id));
        ok(complete(id));
        return id;
    }

    long filter(long convolution, Placed x, Placed dw, Placed dy) {
        long id = create(Kind.OPERATION_CONVOLUTION_BACKWARD_FILTER);
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, Type.DESCRIPTOR, convolution));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_FILTER_X, Type.DESCRIPTOR, x.id));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DW, Type.DESCRIPTOR, dw.id));
        ok(set(id, Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DY, Type.DESCRIPTOR, dy.id));
        ok(complete(id));
        return id;
    }

    /** A pointwise operation; b may be null. Gradients take x, dy as b, and dx as y. */
    long pointwise(int mode, Placed x, Placed b, Placed y) {
        long function = create(Kind.POINTWISE);
        ok(set(function, Attribute.POINTWISE_MODE, Type.POINTWISE_MODE, mode));
        ok(set(function, Attribute.POINTWISE_MATH_PREC, Type.DATA_TYPE, 0));
        ok(complete(function));
        boolean backward = mode >= 200 && mode < 300;
        long id = create(Kind.OPERATION_POINTWISE);
        ok(set(id, Attribute.OPERATION_POINTWISE_PW_DESCRIPTOR, Type.DESCRIPTOR, function));
        ok(set(id, Attribute.OPERATION_POINTWISE_XDESC, Type.DESCRIPTOR, x.id));
        if (b != null) {
            ok(set(id, backward ? Attribute.OPERATION_POINTWISE_DYDESC : Attribute.OPERATION_POINTWISE_BDESC, Type.DESCRIPTOR, b.id));
        }
        ok(set(id, backward ? Attribute.OPERATION_POINTWISE_DXDESC : Attribute.OPERATION_POINTWISE_YDESC, Type.DESCRIPTOR, y.id));
        ok(complete(id));
        return id;
    }

    long graph(Long... operations) {
        long id = create(Kind.OPERATIONGRAPH);
        ok(set(id, Attribute.OPERATIONGRAPH_HANDLE, Type.HANDLE, handle));
        ok(set(id, Attribute.OPERATIONGRAPH_OPS, Type.DESCRIPTOR, (Object[]) operations));
        ok(complete(id));
        return id;
    }

    /** The heuristics of a graph, not final. */
    long heuristics(long graph) {
        long id = create(Kind.ENGINEHEUR);
        ok(set(id, Attribute.ENGINEHEUR_OPERATION_GRAPH, Type.DESCRIPTOR, graph));
        ok(set(id, Attribute.ENGINEHEUR_MODE, Type.HEUR_MODE, 3));
        return id;
    }

    int get(long descriptor, Attribute attribute, Type type, long room, byte[] array) {
        return caller.call("cudnnBackendGetAttribute", descriptor, attribute.number(), type.number(), room, 1L, array);
    }

    /** Configurations of the engines that the heuristics offer, the best first. */
    List<Long> configurations(long graph) {
        long heuristics = heuristics(graph);
        ok(complete(heuristics));
        ok(get(heuristics, Attribute.ENGINEHEUR_RESULTS, Type.DESCRIPTOR, 0, null));
        int count = (int) caller.answer().getLong();
        if (count == 0) {
            return List.of();
        }
        ByteBuffer array = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(create(Kind.ENGINECFG));
            array.putLong(made.get(i));
        }
        ok(get(heuristics, Attribute.ENGINEHEUR_RESULTS, Type.DESCRIPTOR, count, array.array()));
        return made;
    }

    long plan(long configuration) {
        long id = create(Kind.EXECUTION_PLAN);
        ok(set(id, Attribute.EXECUTION_PLAN_HANDLE, Type.HANDLE, handle));
        ok(set(id, Attribute.EXECUTION_PLAN_ENGINE_CONFIG, Type.DESCRIPTOR, configuration));
        ok(complete(id));
        return id;
    }

    long workspace(long plan) {
        ok(get(plan, Attribute.EXECUTION_PLAN_WORKSPACE_SIZE, Type.INT64, 1, new byte[8]));
        caller.answer().getLong();
        return caller.i64();
    }

    int execute(long plan, long workspace, Placed... tensors) {
        long pack = create(Kind.VARIANT_PACK);
        ok(set(pack, Attribute.VARIANT_PACK_UNIQUE_IDS, Type.INT64, java.util.Arrays.stream(tensors).map(Placed::uid).toArray()));
        ok(set(pack, Attribute.VARIANT_PACK_DATA_POINTERS, Type.VOID_PTR, java.util.Arrays.stream(tensors).map(Placed::address).toArray()));
        ok(set(pack, Attribute.VARIANT_PACK_WORKSPACE, Type.VOID_PTR, workspace));
        ok(complete(pack));
        return caller.call("cudnnBackendExecute", handle, plan, pack);
    }

    /** Plans a graph with the last engine, which rounds nothing, and performs it. */
    void run(long graph, Placed... tensors) {
        List<Long> found = configurations(graph);
        long plan = plan(found.get(found.size() - 1));
        long bytes = workspace(plan);
        ok(execute(plan, bytes == 0 ? 0 : memory.allocate(bytes), tensors));
        caller.await();
    }
}
