package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jengine.softcuda.blas.DataType;
import org.jengine.softcuda.work.Cost;
import org.junit.jupiter.api.Test;

/** What cuDNN's planner takes and refuses by GPU, how descriptors are judged, and plans as text. */
class PlannerTest {
    private static final int H100 = 90;
    private static final int T4 = 75;

    private static int plans(Graphs graphs, long graph) {
        return graphs.complete(graphs.heuristics(graph));
    }

    private static long forward(Graphs graphs, DataType type, boolean last, int channels) {
        return graphs.graph(graphs.forward(graphs.convolution(1, 1, 1), graphs.output(type, last, 2, channels, 8, 8),
                graphs.output(type, last, 8, channels, 3, 3), graphs.output(type, last, 2, 8, 8, 8)));
    }

    @Test
    void bfloat16NeedsAmpere() {
        for (int gpu : new int[] {H100, 80, T4}) {
            Graphs graphs = new Graphs(gpu);
            assertEquals(0, plans(graphs, forward(graphs, DataType.F32, true, 3)));
            assertEquals(0, plans(graphs, forward(graphs, DataType.F16, true, 3)));
            // cuDNN 9.24 answers with an empty list, not with a status.
            assertEquals(gpu == T4 ? 0 : 3, graphs.configurations(forward(graphs, DataType.BF16, true, 8)).size());
        }
    }

    @Test
    void firstChoicesFollowTheType() {
        Graphs graphs = new Graphs(H100);
        assertEquals(0, firstNote(graphs, forward(graphs, DataType.F16, true, 3)));
        assertEquals(0, firstNote(graphs, forward(graphs, DataType.F32, true, 3)));
        assertEquals(-1, firstNote(graphs, forward(graphs, DataType.BF16, true, 3)));
        assertEquals(0, firstNote(graphs, forward(graphs, DataType.BF16, true, 8)));
        Graphs older = new Graphs(T4);
        assertEquals(-1, firstNote(older, forward(older, DataType.F32, true, 8)));
        assertEquals(0, firstNote(older, forward(older, DataType.F16, true, 8)));
    }

    /** The first numerical note of the first choice, tensor cores being 0; -1 if it has none. */
    private static int firstNote(Graphs graphs, long graph) {
        long configuration = graphs.configurations(graph).get(0);
        long engine = graphs.create(Kind.ENGINE);
        byte[] array = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(engine).array();
        graphs.ok(graphs.get(configuration, Attribute.ENGINECFG_ENGINE, Type.DESCRIPTOR, 1, array));
        graphs.ok(graphs.get(engine, Attribute.ENGINE_NUMERICAL_NOTE, Type.NUMERICAL_NOTE, 9, new byte[36]));
        long count = graphs.caller.answer().getLong();
        return count == 0 ? -1 : (int) DataType.I32.decode(graphs.caller.bytes(), 0);
    }

    @Test
    void strictFloatsCopyChannelsLast() {
        Graphs graphs = new Graphs(H100);
        long graph = forward(graphs, DataType.F32, true, 8);
        assertTrue(graphs.workspace(graphs.plan(graphs.configurations(graph).get(1))) >= 4L * (2 * 8 * 64 + 8 * 8 * 9 + 2 * 8 * 64));
        long packed = forward(graphs, DataType.F32, false, 8);
        assertEquals(0, graphs.workspace(graphs.plan(graphs.configurations(packed).get(1))));
    }

    @Test
    void activationBackwardGoesBehindDataButNotBeforeFilterGradients() {
        Graphs graphs = new Graphs(H100);
        long settings = graphs.convolution(1, 1, 1);
        Graphs.Placed x = graphs.output(DataType.F16, true, 2, 8, 8, 8);
        Graphs.Placed w = graphs.output(DataType.F16, true, 8, 8, 3, 3);
        Graphs.Placed dy = graphs.output(DataType.F16, true, 2, 8, 8, 8);
        Graphs.Placed between = graphs.virtual(2, 8, 8, 8);
        Graphs.Placed out = graphs.output(DataType.F16, true, 2, 8, 8, 8);
        assertEquals(0, plans(graphs, graphs.graph(graphs.data(settings, between, w, dy), graphs.pointwise(200, x, between, out))));
        long graph = graphs.graph(graphs.pointwise(200, x, dy, between), graphs.filter(settings, x, w, between));
        assertEquals(3001, plans(graphs, graph));
    }

    /** As cuDNN 9.24 says: dxPort.tensor.getNbDims() != xPort.tensor.getNbDims(). */
    @Test
    void anActivationsGradientWantsWhatWentIntoIt() {
        Graphs graphs = new Graphs(H100);
        Graphs.Placed y = graphs.output(DataType.F32, true, 2, 8, 8, 8);
        long function = graphs.create(Kind.POINTWISE);
        graphs.ok(graphs.set(function, Attribute.POINTWISE_MODE, Type.POINTWISE_MODE, 202));
        graphs.ok(graphs.set(function, Attribute.POINTWISE_MATH_PREC, Type.DATA_TYPE, 0));
        graphs.ok(graphs.complete(function));
        long id = graphs.create(Kind.OPERATION_POINTWISE);
        graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_PW_DESCRIPTOR, Type.DESCRIPTOR, function));
        graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_YDESC, Type.DESCRIPTOR, y.id()));
        graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_DYDESC, Type.DESCRIPTOR, y.id()));
        graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_DXDESC, Type.DESCRIPTOR,
                graphs.output(DataType.F32, true, 2, 8, 8, 8).id()));
        assertEquals(2000, graphs.complete(id));
    }

    /** cuDNN 9.24 answers with an empty list, not with a status, where it has no engine for a float gradient of bfloat16. */
    @Test
    void aWiderWeightGradientWantsHopperAndChannelsByEights() {
        int[][] offered = {{H100, 32, 1}, {H100, 3, 0}, {80, 32, 0}};
        for (int[] o : offered) {
            Graphs graphs = new Graphs(o[0]);
            Graphs.Placed x = graphs.output(DataType.BF16, true, 2, o[1], 8, 8);
            Graphs.Placed dw = graphs.output(DataType.F32, true, 8, o[1], 3, 3);
            Graphs.Placed dy = graphs.output(DataType.BF16, true, 2, 8, 8, 8);
            long heuristics = graphs.heuristics(graphs.graph(graphs.filter(graphs.convolution(1, 1, 1), x, dw, dy)));
            graphs.ok(graphs.complete(heuristics));
            graphs.ok(graphs.get(heuristics, Attribute.ENGINEHEUR_RESULTS, Type.DESCRIPTOR, 0, null));
            assertEquals(o[2], graphs.caller.answer().getLong());
        }
    }

    /** Precompiled engines add a bias of the images' own type only. */
    @Test
    void aBiasOfAnotherTypeIsCompiled() {
        Graphs graphs = new Graphs(H100);
        for (DataType type : new DataType[] {DataType.BF16, DataType.F32}) {
            Graphs.Placed x = graphs.output(DataType.BF16, true, 2, 8, 8, 8);
            Graphs.Placed w = graphs.output(DataType.BF16, true, 8, 8, 3, 3);
            Graphs.Placed sum = graphs.virtual(2, 8, 8, 8);
            Graphs.Placed y = graphs.output(DataType.BF16, true, 2, 8, 8, 8);
            long graph = graphs.graph(graphs.forward(graphs.convolution(1, 1, 1), x, w, sum),
                    graphs.pointwise(Pointwise.ADD, sum, graphs.output(type, true, 1, 8, 1, 1), y));
            long engine = graphs.create(Kind.ENGINE);
            byte[] array = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(engine).array();
            graphs.ok(graphs.get(graphs.configurations(graph).get(0), Attribute.ENGINECFG_ENGINE, Type.DESCRIPTOR, 1, array));
            graphs.ok(graphs.get(engine, Attribute.ENGINE_BEHAVIOR_NOTE, Type.BEHAVIOR_NOTE, 9, new byte[36]));
            assertEquals(type == DataType.F32 ? 1 : 0, graphs.caller.answer().getLong(), type.toString());
        }
    }

    /** Though nothing is multiplied. */
    @Test
    void reductionsSayTensorCores() {
        Graphs graphs = new Graphs(H100);
        Graphs.Placed x = graphs.output(DataType.F32, true, 2, 8, 8, 8);
        long how = graphs.create(Kind.REDUCTION);
        graphs.ok(graphs.set(how, Attribute.REDUCTION_OPERATOR, Type.REDUCTION_OPERATOR, Reduction.ADD));
        graphs.ok(graphs.set(how, Attribute.REDUCTION_COMP_TYPE, Type.DATA_TYPE, 0));
        graphs.ok(graphs.complete(how));
        long sum = graphs.create(Kind.OPERATION_REDUCTION);
        graphs.ok(graphs.set(sum, Attribute.OPERATION_REDUCTION_DESC, Type.DESCRIPTOR, how));
        graphs.ok(graphs.set(sum, Attribute.OPERATION_REDUCTION_XDESC, Type.DESCRIPTOR, x.id()));
        graphs.ok(graphs.set(sum, Attribute.OPERATION_REDUCTION_YDESC, Type.DESCRIPTOR,
                graphs.output(DataType.F32, true, 1, 8, 1, 1).id()));
        graphs.ok(graphs.complete(sum));
        assertEquals(0, firstNote(graphs, graphs.graph(sum)));
    }

    @Test
    void layoutsWithGapsAreRefused() {
        Graphs graphs = new Graphs(H100);
        Graphs.Placed x = graphs.tensor(new Tensor(DataType.F32, new int[] {1, 2, 4, 4}, new int[] {64, 32, 8, 1}), false, 16);
        long graph = graphs.graph(graphs.forward(graphs.convolution(0, 1, 1), x, graphs.output(DataType.F32, false, 1, 2, 1, 1),
                graphs.output(DataType.F32, false, 1, 1, 4, 4)));
        assertEquals(3004, plans(graphs, graph));
    }

    @Test
    void descriptorsAreJudged() {
        Graphs graphs = new Graphs(H100);
        long tensor = graphs.create(Kind.TENSOR);
        assertEquals(2000, graphs.complete(tensor));
        assertTrue(graphs.caller.error().contains("CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT is not set"), graphs.caller.error());
        assertEquals(2010, graphs.set(tensor, Attribute.TENSOR_DIMENSIONS, Type.INT32, 1, 2));
        assertEquals(2000, graphs.set(tensor, Attribute.CONVOLUTION_CONV_MODE, Type.CONVOLUTION_MODE, 1));
        assertEquals(2000, graphs.set(tensor, Attribute.TENSOR_DIMENSIONS, Type.INT64, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        assertEquals(2000, graphs.caller.call("cudnnBackendSetAttribute", tensor, Attribute.TENSOR_DIMENSIONS.number(),
                Type.INT64.number(), 4L, null));
        assertEquals(1001, graphs.get(tensor, Attribute.TENSOR_DIMENSIONS, Type.INT64, 4, new byte[32]));
        Graphs.Placed good = graphs.output(DataType.F32, false, 1, 2, 3, 4);
        assertEquals(1001, graphs.set(good.id(), Attribute.TENSOR_DIMENSIONS, Type.INT64, 1, 2, 3, 4));
        graphs.ok(graphs.get(good.id(), Attribute.TENSOR_DIMENSIONS, Type.INT64, 8, new byte[64]));
        assertEquals(4, graphs.caller.answer().getLong());
        long operation = graphs.create(Kind.OPERATION_REDUCTION);
        assertEquals(2004, graphs.set(operation, Attribute.OPERATION_REDUCTION_XDESC, Type.DESCRIPTOR, tensor));
        assertEquals(3000, graphs.caller.call("cudnnBackendCreateDescriptor", 31, 1L));
        assertEquals(2000, graphs.complete(12345));
    }

    @Test
    void shapesThatDoNotGoTogetherAreRefused() {
        Graphs graphs = new Graphs(H100);
        long id = graphs.create(Kind.OPERATION_CONVOLUTION_FORWARD);
        graphs.ok(graphs.set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC, Type.DESCRIPTOR, graphs.convolution(0, 1, 1)));
        graphs.ok(graphs.set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_X, Type.DESCRIPTOR,
                graphs.output(DataType.F32, false, 1, 2, 4, 4).id()));
        graphs.ok(graphs.set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_W, Type.DESCRIPTOR,
                graphs.output(DataType.F32, false, 3, 2, 3, 3).id()));
        graphs.ok(graphs.set(id, Attribute.OPERATION_CONVOLUTION_FORWARD_Y, Type.DESCRIPTOR,
                graphs.output(DataType.F32, false, 1, 3, 4, 4).id()));
        assertEquals(2008, graphs.complete(id));
    }

    @Test
    void executionWantsEveryTensorAlignedAndAWorkspace() {
        Graphs graphs = new Graphs(H100);
        Graphs.Placed x = graphs.input(DataType.F32, true, 1, 3, 4, 4);
        Graphs.Placed w = graphs.input(DataType.F32, true, 4, 3, 3, 3);
        Graphs.Placed y = graphs.output(DataType.F32, true, 1, 4, 2, 2);
        long plan = graphs.plan(graphs.configurations(graphs.graph(graphs.forward(graphs.convolution(0, 1, 1), x, w, y))).get(0));
        long bytes = graphs.workspace(plan);
        assertNotEquals(0, bytes);
        long workspace = graphs.memory.allocate(bytes);
        assertEquals(2002, graphs.execute(plan, 0, x, w, y));
        assertEquals(2000, graphs.execute(plan, workspace, x, w));
        Graphs.Placed askew = new Graphs.Placed(x.id(), x.uid(), x.tensor(), x.address() + 4, x.values());
        assertEquals(2003, graphs.execute(plan, workspace, askew, w, y));
        graphs.ok(graphs.execute(plan, workspace, x, w, y));
        Cost cost = graphs.caller.last().cost();
        assertEquals(4 * (3 * 4 * 4 + 4 * 3 * 3 * 3 + 4 * 2 * 2) + 2 * bytes, cost.bytes());
        assertEquals(2 * (4 * 2 * 2) * (3 * 3 * 3), cost.flops());
        assertEquals("tensor.tf32", cost.type());
        long[] addresses = graphs.caller.last().addresses();
        Arrays.sort(addresses);
        long[] expected = {x.address(), w.address(), y.address(), workspace};
        Arrays.sort(expected);
        assertArrayEquals(expected, addresses);
    }

    @Test
    void aPlanSurvivesAsText() {
        Graphs graphs = new Graphs(H100);
        Graphs.Placed x = graphs.input(DataType.F32, true, 1, 3, 6, 6);
        Graphs.Placed w = graphs.input(DataType.F32, true, 4, 3, 3, 3);
        Graphs.Placed y = graphs.output(DataType.F32, true, 1, 4, 6, 6);
        long graph = graphs.graph(graphs.forward(graphs.convolution(1, 1, 1), x, w, y));
        long plan = graphs.plan(graphs.configurations(graph).get(2));
        graphs.ok(graphs.execute(plan, 0, x, w, y));
        graphs.caller.await();
        float[] expected = graphs.read(y);
        graphs.ok(graphs.get(plan, Attribute.EXECUTION_PLAN_JSON_REPRESENTATION, Type.CHAR, 1 << 20, new byte[0]));
        graphs.caller.answer().getLong();
        byte[] text = graphs.caller.bytes();
        long other = graphs.create(Kind.EXECUTION_PLAN);
        graphs.ok(graphs.set(other, Attribute.EXECUTION_PLAN_HANDLE, Type.HANDLE, graphs.handle));
        graphs.ok(graphs.caller.call("cudnnBackendSetAttribute", other, Attribute.EXECUTION_PLAN_JSON_REPRESENTATION.number(),
                Type.CHAR.number(), (long) text.length, text));
        graphs.ok(graphs.complete(other));
        graphs.filled(y, new float[expected.length]);
        graphs.ok(graphs.execute(other, 0, x, w, y));
        graphs.caller.await();
        assertTrue(Arrays.equals(expected, graphs.read(y)));
    }

    @Test
    void plansForAGpuThatIsNotThere() {
        String[] keys = {"maxGridSize", "maxBlockSize", "deviceName", "cudaDeviceId", "deviceVer", "multiProcessorCount", "driverVer",
            "maxSharedMemoryPerBlockOptin", "maxSharedMemoryPerBlock", "totalGlobalMem", "l2CacheSize", "smClockRateKHz", "memClockRateKHz",
            "warpSize", "regsPerBlock", "maxRegistersPerSM", "reservedSharedMemoryPerBlock", "pciDeviceId", "maxCtasPerSM",
            "maxThreadsPerBlock", "maxThreadsPerSM", "supportCoopLaunch", "isTccDriver"};
        StringBuilder json = new StringBuilder();
        for (String key : keys) {
            json.append(json.isEmpty() ? "{" : ",").append('"').append(key).append("\":").append(key.equals("deviceVer") ? 750 : 1);
        }
        Graphs graphs = new Graphs(H100);
        long device = device(graphs, json + "}");
        graphs.ok(graphs.complete(device));
        long heuristics = graphs.heuristics(forward(graphs, DataType.BF16, true, 8));
        graphs.ok(graphs.set(heuristics, Attribute.ENGINEHEUR_DEVICEPROP, Type.DESCRIPTOR, device));
        graphs.ok(graphs.complete(heuristics));
        graphs.ok(graphs.get(heuristics, Attribute.ENGINEHEUR_RESULTS, Type.DESCRIPTOR, 0, null));
        assertEquals(0, graphs.caller.answer().getLong());
        assertEquals(2000, graphs.complete(device(graphs, json.toString().replace("warpSize", "warp") + "}")));
        assertTrue(graphs.caller.error().contains("warpSize"), graphs.caller.error());
    }

    private static long device(Graphs graphs, String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        long device = graphs.create(Kind.DEVICEPROP);
        graphs.ok(graphs.caller.call("cudnnBackendSetAttribute", device, Attribute.DEVICEPROP_JSON_REPRESENTATION.number(),
                Type.CHAR.number(), (long) text.length, text));
        return device;
    }
}
