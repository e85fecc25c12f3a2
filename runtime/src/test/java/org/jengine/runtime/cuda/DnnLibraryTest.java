package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Graph;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cuDNN is chosen for, and how its failures are told. */
class DnnLibraryTest {
    private static final ConvSpec SPEC = new ConvSpec(2, 6, 6, 8, 16, 3, 3, 1, DType.F32, Activation.RELU, Activation.RELU);

    @TempDir
    private static Path cache;

    private static Device open() {
        return Cuda.open(cache, DeviceRequest.first().withDebug().withTier("cudnn"));
    }

    private static Map<String, String> choices(Device device, ConvSpec spec, Numerics numerics) {
        try (Arena arena = device.arena("all")) {
            Library library = device.library(arena, numerics);
            Library.ConvPlan plan = library.conv(spec);
            Slice x = arena.take("x", spec.x(), spec.real());
            Slice y = arena.take("y", spec.y(), spec.real());
            Slice w = arena.take("w", spec.weights(), spec.real());
            Slice dw = arena.take("dw", spec.weights(), DType.F32);
            Slice b = arena.take("b", Shape.of(spec.k()), DType.F32);
            plan.forward(y, x, w, b);
            plan.backwardData(x, y, w, x);
            plan.backwardWeights(dw, b, x, y);
            return library.choices();
        }
    }

    @Test
    void everyWayOfAConvolutionIsRecordedWithItsEngine() {
        try (Device device = open()) {
            Map<String, String> choices = choices(device, SPEC, Numerics.EXACT);
            for (String op : new String[] {"conv forward + bias + relu 3x3 6x6x8 to 6x6x16 pad 1 f32",
                "conv data gradient + relu 3x3 6x6x8 to 6x6x16 pad 1 f32", "conv weight gradient 3x3 6x6x8 to 6x6x16 pad 1 f32",
                "conv bias gradient 3x3 6x6x8 to 6x6x16 pad 1 f32"}) {
                assertTrue(choices.getOrDefault(op, "").matches("cuDNN engine \\d+.*, workspace \\d+ bytes"), op + " of " + choices);
            }
        }
    }

    @Test
    void floatsAreRoundedToTf32OnlyWhereTheyMay() {
        try (Device device = open()) {
            String op = "conv forward + bias + relu 3x3 6x6x8 to 6x6x16 pad 1 f32";
            assertTrue(!choices(device, SPEC, Numerics.EXACT).get(op).contains("tensor cores"));
            assertTrue(choices(device, SPEC, new Numerics(true, false)).get(op + " as tf32").contains("tensor cores"));
        }
    }

    @Test
    void anEngineThatIsNotDeterministicIsLeftOutWhereBitsMustBeTheSame() {
        try (Device device = open()) {
            String op = "conv weight gradient 3x3 6x6x8 to 6x6x16 pad 1 f32";
            assertTrue(!choices(device, SPEC, new Numerics(false, true)).get(op).contains("not deterministic"));
        }
    }

    @Test
    void theFirstLayerIsOursWhereNothingIsTimed() {
        try (Device device = open()) {
            ConvSpec first = new ConvSpec(2, 6, 6, 3, 16, 3, 3, 1, DType.F32, Activation.RELU, Activation.NONE);
            Map<String, String> choices = choices(device, first, Numerics.EXACT);
            if (Cuda.isSoftware()) {
                assertEquals("ptx", choices.get("conv forward + bias + relu 3x3 6x6x3 to 6x6x16 pad 1 f32"), choices.toString());
            }
        }
    }

    @Test
    void aFirstLayerIsTimedWithPaddedChannelsToo() {
        try (Device device = open(); Arena arena = device.arena("all")) {
            ConvSpec first = new ConvSpec(16, 16, 16, 3, 16, 3, 3, 1, DType.BF16, Activation.RELU, Activation.NONE);
            Tuner tuner = new Tuner(device, null, true);
            PortableLibrary ours = new PortableLibrary(device, arena, tuner, Numerics.EXACT);
            DnnLibrary library = new DnnLibrary((CudaDevice) device, ours, arena, Numerics.EXACT, tuner);
            Slice x = arena.take("x", first.x(), first.real());
            Slice y = arena.take("y", first.y(), first.real());
            Slice w = arena.take("w", first.weights(), first.real());
            Slice dw = arena.take("dw", first.weights(), DType.F32);
            Slice b = arena.take("b", Shape.of(first.k()), DType.F32);
            for (List<Way> ways : List.of(new PaddedConv(library, first).forward(y, x, w, b),
                    new PaddedConv(library, first).backwardWeights(dw, x, y))) {
                assertFalse(ways.isEmpty());
                assertTrue(ways.get(0).name().matches("padded to 8 channels, cuDNN engine \\d+.*"), ways.toString());
            }
            DnnConv conv = new DnnConv(library, first);
            conv.forward(y, x, w, b);
            conv.backwardWeights(dw, b, x, y);
            String op = " 3x3 16x16x3 to 16x16x16 pad 1 bf16";
            assertTrue(ours.choices().keySet().containsAll(List.of("conv forward + bias + relu" + op, "conv weight gradient" + op)),
                    ours.choices().toString());
            assertEquals(List.of(), library.warnings());
            assertFalse(PaddedConv.suits(SPEC));
            assertFalse(PaddedConv.suits(first.withChannels(8)));
        }
    }

    @Test
    void aPoolingIsTimedThereAndBackTogether() {
        PoolSpec spec = new PoolSpec(64, 30, 30, 32, 2, DType.F32);
        try (Device device = open(); Arena arena = device.arena("all")) {
            Tuner tuner = new Tuner(device, null, true);
            PortableLibrary ours = new PortableLibrary(device, arena, tuner, Numerics.EXACT);
            DnnLibrary library = new DnnLibrary((CudaDevice) device, ours, arena, Numerics.EXACT, tuner);
            Library.PoolPlan pool = DnnPool.chosen(library, spec);
            Slice x = arena.take("x", spec.x(), spec.real());
            Slice y = arena.take("y", spec.y(), spec.real());
            Slice index = arena.take("index", spec.y(), DType.U8);
            pool.forward(y, index, x);
            pool.backward(x, y, index);
            String way = ours.choices().getOrDefault("max pool 2x2 of 30x30x32 f32", "");
            assertTrue(way.matches("ptx|cuDNN engine \\d+.*"), ours.choices().toString());
            assertEquals(List.of(), library.warnings());
        }
        assertTrue(DnnPool.suits(spec));
        assertFalse(DnnPool.suits(new PoolSpec(64, 13, 13, 64, 2, DType.F32)));
    }

    @Test
    void aSigmoidBeforeIsAKernelOfOurs() {
        try (Device device = open()) {
            ConvSpec sigmoid = new ConvSpec(2, 6, 6, 8, 16, 3, 3, 1, DType.F32, Activation.SIGMOID, Activation.SIGMOID);
            Map<String, String> choices = choices(device, sigmoid, Numerics.EXACT);
            assertTrue(choices.containsKey("conv data gradient 3x3 6x6x8 to 6x6x16 pad 1 f32"), choices.toString());
            assertTrue(choices.containsKey("conv forward + bias + sigmoid 3x3 6x6x8 to 6x6x16 pad 1 f32"), choices.toString());
        }
    }

    @Test
    void aGraphHoldsOnePlanForBiasActivationAndAll() {
        try (Device device = open(); Arena arena = device.arena("all"); Stream stream = device.stream("main")) {
            Library.ConvPlan plan = device.library(arena, Numerics.EXACT).conv(SPEC);
            Slice x = arena.take("x", SPEC.x(), DType.F32);
            Slice y = arena.take("y", SPEC.y(), DType.F32);
            Slice w = arena.take("w", SPEC.weights(), DType.F32);
            Slice b = arena.take("b", Shape.of(SPEC.k()), DType.F32);
            var forward = plan.forward(y, x, w, b);
            var data = plan.backwardData(x, y, w, x);
            var weights = plan.backwardWeights(w, b, x, y);
            arena.seal();
            for (Slice s : new Slice[] {x, y, w, b}) {
                stream.fill(s, 0);
            }
            try (Graph graph = stream.capture("conv", () -> {
                forward.on(stream);
                data.on(stream);
                weights.on(stream);
            })) {
                graph.launch(stream);
                stream.synchronize();
                assertEquals(4, graph.nodes());
            }
        }
    }

    @Test
    void aFailureNamesTheOperationTheShapesAndTheStatus() {
        try (Device device = open(); Arena arena = device.arena("all"); Stream stream = device.stream("main")) {
            CudaDevice cuda = (CudaDevice) device;
            DnnOp op = DnnOp.of(DnnOp.Form.BACKWARD_BIAS, SPEC);
            DnnPlans plans = cuda.dnn().plan(target -> DnnPlans.of(target, new DnnPlanner(target, Numerics.EXACT, cuda.shelf()), op, 1));
            Map<DnnGraph.Role, CudaSlice> tensors = new EnumMap<>(DnnGraph.Role.class);
            tensors.put(DnnGraph.Role.Y, CudaSlice.of(arena.take("y", SPEC.y(), DType.F32), cuda));
            arena.seal();
            DnnLaunch broken = new DnnLaunch(cuda, plans.answer().plans().get(0), op.name(), tensors, null);
            String message = assertThrows(DeviceException.class, () -> broken.on(stream)).getMessage();
            plans.end();
            assertTrue(message.startsWith("cudnnBackendExecute -> CUDNN_STATUS_BAD_PARAM"), message);
            assertTrue(message.contains("conv bias gradient 3x3 6x6x8 to 6x6x16 pad 1 f32 of 2 images by engine"), message);
        }
    }

    @Test
    void whatIsHalfBuiltIsReleased() {
        try (Device device = open()) {
            Dnn dnn = ((CudaDevice) device).dnn().dnn();
            Dnn.Descriptor[] made = new Dnn.Descriptor[1];
            DeviceException first = assertThrows(Dnn.Failure.class, () -> DnnScope.build(dnn, scope -> {
                made[0] = scope.descriptor(DnnKind.TENSOR);
                dnn.finish(made[0]);
                return scope;
            }));
            assertTrue(first.getMessage().contains("cuDNN says: "), first.getMessage());
            // A second release is refused.
            assertThrows(Dnn.Failure.class, () -> dnn.release(made[0]));
        }
    }
}
