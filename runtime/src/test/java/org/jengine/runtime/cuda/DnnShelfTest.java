package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jengine.kernels.DType;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Numerics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnnShelfTest {
    @TempDir
    private Path folder;

    private static DeviceInfo info(String cudnn) {
        return new DeviceInfo("cuda:0", "a GPU", 0, Map.of("cuDNN", cudnn));
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void keepsPlansForOneGpuAndVersion() throws IOException {
        new DnnShelf(folder, info("9.1")).put("one", "{\n}");
        assertEquals(Optional.of("{\n}"), new DnnShelf(folder, info("9.1")).get("one"));
        assertEquals(Optional.empty(), new DnnShelf(folder, info("9.1")).get("two"));
        assertEquals(Optional.empty(), new DnnShelf(folder, info("9.2")).get("one"));
        Files.writeString(kept().get(0), "of another operation\n{}");
        assertEquals(Optional.empty(), new DnnShelf(folder, info("9.1")).get("one"));
    }

    @Test
    void doesWithoutAFolder() throws IOException {
        DnnShelf none = new DnnShelf(null, info("9.1"));
        none.put("one", "{}");
        assertEquals(Optional.empty(), none.get("one"));
        DnnShelf unwritable = new DnnShelf(Files.writeString(folder.resolve("file"), ""), info("9.1"));
        unwritable.put("one", "{}");
        assertEquals(Optional.empty(), unwritable.get("one"));
    }

    @Test
    void whatWasCompiledIsTakenFromItAndWhatIsSpoiledIsCompiledAnew() throws IOException {
        try (CudaDevice device = (CudaDevice) Cuda.open(folder, DeviceRequest.first().withTier("cudnn"))) {
            ConvSpec spec = new ConvSpec(2, 6, 6, 8, 16, 3, 3, 1, DType.F32, Activation.RELU, Activation.RELU);
            long engine = engine(device, spec);
            List<Path> files = kept();
            assertEquals(1, files.size(), files.toString());
            String text = Files.readString(files.get(0));
            assertTrue(text.startsWith("cuDNN conv data gradient + relu 3x3 6x6x8 to 6x6x16 pad 1 f32 of 2 images by A "), text);
            assertEquals(engine, engine(device, spec));
            Files.writeString(files.get(0), text.lines().findFirst().orElseThrow() + "\nno plan");
            assertEquals(engine, engine(device, spec));
            assertEquals(text, Files.readString(files.get(0)));
        }
    }

    private static long engine(CudaDevice device, ConvSpec spec) {
        DnnOp op = DnnOp.backwardData(spec);
        DnnPlans plans = device.dnn().plan(target -> DnnPlans.of(target, new DnnPlanner(target, Numerics.EXACT, device.shelf()), op, 1));
        long number = plans.answer().plans().get(0).engine().number();
        plans.end();
        return number;
    }
}
