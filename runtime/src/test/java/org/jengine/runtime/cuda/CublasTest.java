package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.jengine.runtime.conformance.JavaProgram;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular about dense layers with cuBLAS; that their results are right is LibraryConformance's affair. */
class CublasTest {
    private static final DenseSpec WIDE = new DenseSpec(5, 12, 48, DType.F32, Activation.NONE, Activation.NONE);

    @TempDir
    private static Path cache;

    private static Device open() {
        return Cuda.open(cache, DeviceRequest.first().withDebug().withTier("cublas"));
    }

    /** A dense layer with its slices, both ways bound. */
    private static final class Layer {
        private final Slice x;
        private final Slice w;
        private final Slice b;
        private final Slice y;
        private final Slice dx;
        private final Slice dw;
        private final Slice db;
        private final Launch[] launches;

        Layer(Library library, Arena arena, DenseSpec s) {
            x = arena.take("x", s.x(), s.real());
            w = arena.take("w", s.weights(), s.real());
            b = arena.take("b", Shape.of(s.out()), DType.F32);
            y = arena.take("y", s.y(), s.real());
            dx = arena.take("dx", s.x(), s.real());
            dw = arena.take("dw", s.weights(), DType.F32);
            db = arena.take("db", Shape.of(s.out()), DType.F32);
            Library.DensePlan plan = library.dense(s);
            launches = new Launch[] {plan.forward(y, x, w, b), plan.backwardData(dx, y, w, x), plan.backwardWeights(dw, db, x, y)};
        }

        void fill(Device device, Stream stream) {
            int salt = 1;
            for (Slice s : new Slice[] {x, w, b}) {
                try (HostBuffer host = device.pinned("up", s.bytes())) {
                    for (int i = 0; i < s.count(); i++) {
                        host.bytes().putFloat(4 * i, (float) Math.sin(salt++));
                    }
                    stream.copyIn(s, host);
                    stream.synchronize();
                }
            }
        }

        void on(Stream stream) {
            for (Launch launch : launches) {
                launch.on(stream);
            }
        }

        float[][] results(Device device, Stream stream) {
            return Arrays.stream(new Slice[] {y, dx, dw, db}).map(s -> {
                try (HostBuffer host = device.pinned("down", s.bytes())) {
                    stream.copyOut(host, s);
                    stream.synchronize();
                    float[] values = new float[(int) s.count()];
                    host.bytes().asFloatBuffer().get(values);
                    return values;
                }
            }).toArray(float[][]::new);
        }
    }

    @Test
    void aGraphHoldsProductsAndReplaysThemOnAnyStreamWithoutAllocating() {
        try (Device device = open(); Arena arena = device.arena("a"); Arena scratch = device.arena("scratch");
             Stream first = device.stream("first"); Stream second = device.stream("second")) {
            Layer layer = new Layer(AllCublas.of(device, scratch, Numerics.EXACT), arena, WIDE);
            arena.seal();
            scratch.seal();
            layer.fill(device, first);
            try (Graph graph = first.capture("step", () -> layer.on(first))) {
                layer.on(first);
                float[][] direct = layer.results(device, first);
                first.fill(layer.y, 0xff);
                first.fill(layer.dw, 0xff);
                first.synchronize();
                graph.launch(second);
                assertArrayEquals(direct, layer.results(device, second));
                layer.on(second);
                assertArrayEquals(direct, layer.results(device, second));

                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long least = Long.MAX_VALUE;
                for (int round = 0; round < 4; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 3; i++) {
                        graph.launch(second);
                        layer.on(second);
                    }
                    // Java itself allocates now and then, as when it compiles; in one of the rounds it does not.
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                    second.synchronize();
                }
                assertTrue(least < 50, "3 steps allocated " + least + " bytes");
            }
        }
    }

    @Test
    void memoryThatIsGoneIsToldAndNotTouched() {
        try (Device device = open(); Arena arena = device.arena("a"); Stream stream = device.stream("s")) {
            Arena scratch = device.arena("scratch");
            Layer layer = new Layer(AllCublas.of(device, scratch, Numerics.EXACT), arena, WIDE);
            assertTrue(assertThrows(IllegalStateException.class, () -> layer.on(stream)).getMessage().contains("not sealed yet"));
            arena.seal();
            scratch.seal();
            layer.fill(device, stream);
            try (Graph graph = stream.capture("step", () -> layer.on(stream))) {
                scratch.close();
                assertThrows(IllegalStateException.class, () -> graph.launch(stream));
                assertThrows(IllegalStateException.class, () -> layer.on(stream));
            }
        }
    }

    @Test
    void aFailingCallIsNamedAndOnlyItFails() throws Exception {
        Cuda.assumeThere();
        assumeTrue(Cuda.isSoftware(), "cuda: a GPU does not fail on request");
        ProcessBuilder program = JavaProgram.of(ProductRun.class, List.of(cache.toString(), "3"), Cuda.folderFlag());
        // The first product of a kind is called once before it is needed.
        program.environment().put("SOFTCUDA_FAIL", "cublasCreate@1=3,cublasGemmEx@2=13");
        program.redirectError(Files.createTempFile(cache, "errors", ".log").toFile());
        assertEquals(List.of("1: OutOfDeviceMemory: cublasCreate -> CUBLAS_STATUS_ALLOC_FAILED (3) on cuda:0",
                "2: DeviceException: cublasGemmEx -> CUBLAS_STATUS_EXECUTION_FAILED (13) on cuda:0: cuBLAS dense forward 4x8 to 40",
                "3: done", "closed"), JavaProgram.run(program).lines().toList());
    }

    /** Even where times may be taken. */
    @Test
    void whatMustBeTheSameEachTimeIsChosenByTheWorkAlone() {
        Cuda.assumeThere();
        try (Device device = new CudaBackend(cache, true).open(DeviceRequest.first().withTier("cublas"));
             Arena arena = device.arena("a"); Arena scratch = device.arena("scratch")) {
            Library library = device.library(scratch, new Numerics(false, true));
            for (int[] sizes : new int[][] {{128, 3072, 128}, {128, 2304, 512}, {4096, 12544, 10}}) {
                new Layer(library, arena, new DenseSpec(sizes[0], sizes[1], sizes[2], DType.F32, Activation.NONE, Activation.NONE));
            }
            Map<String, String> choices = library.choices();
            for (String op : new String[] {"dense_fwd_f32", "dense_data_f32", "dense_weights_f32"}) {
                assertEquals("ptx", choices.get(op + " 3072 to 128"), choices.toString());
                assertEquals("cublas", choices.get(op + " 2304 to 512"), choices.toString());
                assertEquals("ptx", choices.get(op + " 12544 to 10"), choices.toString());
            }
        }
    }

    @Test
    void onTensorCoresMoreWorkIsWorthALaunch() {
        Cuda.assumeThere();
        try (Device device = new CudaBackend(cache, true).open(DeviceRequest.first().withTier("cublas"));
             Arena arena = device.arena("a"); Arena scratch = device.arena("scratch")) {
            assumeTrue(device.capabilities().contains(Capability.TF32), "cuda: the GPU knows no TF32");
            Library library = device.library(scratch, new Numerics(true, true));
            for (int[] sizes : new int[][] {{128, 2304, 512}, {256, 2048, 512}, {256, 4096, 512}}) {
                for (DType real : new DType[] {DType.F32, DType.BF16}) {
                    new Layer(library, arena, new DenseSpec(sizes[0], sizes[1], sizes[2], real, Activation.NONE, Activation.NONE));
                }
            }
            Map<String, String> choices = library.choices();
            for (String op : new String[] {"dense_fwd", "dense_data", "dense_weights"}) {
                assertEquals("ptx", choices.get(op + "_tf32 2304 to 512"), choices.toString());
                assertEquals("cublas", choices.get(op + "_tf32 2048 to 512"), choices.toString());
                assertEquals("ptx", choices.get(op + "_bf16 2048 to 512"), choices.toString());
                assertEquals("cublas", choices.get(op + "_bf16 4096 to 512"), choices.toString());
            }
        }
    }

    @Test
    void inputsAreRoundedToTf32OnlyWhereThatIsAllowed() {
        try (Device device = open(); Arena arena = device.arena("a"); Arena scratch = device.arena("scratch");
             Stream stream = device.stream("s")) {
            assumeTrue(device.capabilities().contains(Capability.TF32), "cuda: the GPU knows no TF32");
            Tuner tuner = new Tuner(device, null, false);
            List<Function<Numerics, Library>> libraries = List.of(numerics -> AllCublas.of(device, scratch, numerics),
                    numerics -> new PortableLibrary(device, scratch, tuner, numerics));
            List<Layer> layers = new ArrayList<>();
            for (Function<Numerics, Library> library : libraries) {
                layers.add(new Layer(library.apply(Numerics.EXACT), arena, WIDE));
                layers.add(new Layer(library.apply(new Numerics(true, false)), arena, WIDE));
            }
            arena.seal();
            scratch.seal();
            for (Layer layer : layers) {
                layer.fill(device, stream);
                layer.on(stream);
            }
            for (int i = 0; i < layers.size(); i += 2) {
                float[] exact = layers.get(i).results(device, stream)[0];
                float[] rounded = layers.get(i + 1).results(device, stream)[0];
                assertFalse(Arrays.equals(exact, rounded), "nothing was rounded");
                // Sums of 12 products of numbers up to 1, each off by at most 2^-10.
                assertArrayEquals(exact, rounded, 12 * 0x1p-10f);
            }
        }
    }
}
