package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The planner without a GPU, of the software device's cuDNN. */
class PlanCheckTest {
    private static Path folder;

    @BeforeAll
    static void thereIsASoftwareDevice() {
        Cuda.assumeThere();
        assumeTrue(Cuda.isSoftware(), "cuda: the libraries of a GPU's machine are asked by the command line's tests");
        folder = Path.of(System.getProperty(Driver.FOLDER));
    }

    private static void plan(PlanCheck check, DType real, Numerics numerics) {
        try (Device device = check.device(); Arena arena = device.arena("all")) {
            ConvSpec spec = new ConvSpec(8, 15, 15, 32, 64, 3, 3, 0, real, Activation.RELU, Activation.RELU);
            PoolSpec pool = new PoolSpec(8, 13, 13, 64, 2, real);
            Library library = device.library(arena, numerics);
            Library.ConvPlan conv = library.conv(spec);
            Slice x = arena.take("x", spec.x(), real);
            Slice y = arena.take("y", spec.y(), real);
            Slice w = arena.take("w", spec.weights(), real);
            Slice b = arena.take("b", Shape.of(64), DType.F32);
            Slice index = arena.take("index", pool.y(), DType.U8);
            arena.seal();
            conv.forward(y, x, w, b);
            conv.forward(y, x, w, b);
            conv.backwardData(x, y, w, x);
            conv.backwardWeights(w, b, x, y);
            library.maxPool(pool).forward(x, index, y);
            library.maxPool(pool).backward(y, x, index);
        }
    }

    @ParameterizedTest
    @CsvSource({"h100, 9, F32, 6", "h100, 9, BF16, 6", "a100, 8, BF16, 5", "t4, 7, F32, 6", "t4, 7, BF16, 1"})
    void tellsWhatAGpuTakes(String gpu, int major, DType real, int accepted) {
        try (PlanCheck check = PlanCheck.open(folder, PlanCheck.describe(gpu), major)) {
            plan(check, real, Numerics.EXACT);
            assertEquals(accepted, check.verdicts().stream().filter(PlanCheck.Verdict::accepted).count(), check.verdicts().toString());
            // Each was asked once; what is refused with its derivative is asked without it.
            assertEquals(accepted == 1 ? 7 : 6, check.verdicts().size(), check.verdicts().toString());
            for (PlanCheck.Verdict v : check.verdicts()) {
                assertEquals(8, v.images());
                assertEquals(v.accepted(), v.refusal().isEmpty(), v.toString());
                assertTrue(v.accepted() || v.refusal().matches(".*CUDNN_STATUS_.*|no engine is offered.*"), v.toString());
            }
        }
    }

    @Test
    void tf32IsOnTensorCoresAndFloatsAreNot() {
        try (PlanCheck check = PlanCheck.open(folder, PlanCheck.describe("h100"), 9)) {
            plan(check, DType.F32, Numerics.EXACT);
            assertFalse(check.verdicts().get(0).tensorCores());
            plan(check, DType.F32, new Numerics(true, false));
            assertTrue(check.verdicts().get(6).tensorCores(), check.verdicts().toString());
        }
    }

    @Test
    void aDescriptionWithoutAKeyIsRefusedWithItsName() {
        String json = PlanCheck.describe("h100").replace("\"warpSize\"", "\"warp\"");
        String message = assertThrows(DeviceException.class, () -> PlanCheck.open(folder, json, 9)).getMessage();
        assertTrue(message.contains("warpSize"), message);
    }

    @Test
    void allDescriptionsHaveEveryKey() {
        for (String gpu : PlanCheck.KNOWN) {
            String json = PlanCheck.describe(gpu);
            PlanCheck.KEYS.forEach(key -> assertTrue(json.contains("\"" + key + "\": "), gpu + " lacks " + key));
            assertTrue(json.contains("\"source\": "), gpu);
        }
        assertEquals(23, PlanCheck.KEYS.size());
    }

    @Test
    void aFileThatIsNoLibraryIsToldWithTheRemedy(@TempDir Path empty) throws Exception {
        java.nio.file.Files.writeString(empty.resolve("libcudnn.so.9"), "no library\n");
        String message = assertThrows(DeviceUnavailable.class, () -> PlanCheck.open(empty, PlanCheck.describe("h100"), 9)).getMessage();
        assertTrue(message.startsWith(empty.resolve("libcudnn.so.9") + " does not load"), message);
        assertTrue(message.contains("--cuda-lib"), message);
    }
}
