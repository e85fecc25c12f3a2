package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.ClockTick;
import org.jengine.kernels.DType;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.jengine.runtime.conformance.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a program is told when calls of CUDA's fail, and what still works then. */
class CudaFaultsTest {
    private static final String LOST = "cuda:0 cannot be used any more, since it failed before: ";

    /** The software device's word for calls after that. */
    private static final String ENDED = ": a fault has ended the context";

    @TempDir
    private static Path cache;

    /** A kernel whose PTX is of a version that no driver takes. */
    private static final class TooNew implements KernelDef {
        @Override
        public String entry() {
            return "too_new_f32";
        }

        @Override
        public List<Param> params() {
            return List.of();
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return 0;
        }

        @Override
        public Grid grid(Args sizes) {
            return new Grid(1, 1, 1, 1);
        }

        @Override
        public void reference(Args a) {
        }

        @Override
        public List<Case> cases() {
            return List.of();
        }
    }

    /** What a program prints that tries so often, while calls fail as {@code fail} says; it has two GPUs of the software device. */
    private static List<String> run(String fail, int times) throws Exception {
        Cuda.assumeThere();
        assumeTrue(Cuda.isSoftware(), "cuda: a GPU does not fail on request");
        Path errors = Files.createTempFile(cache, "errors", ".log");
        ProcessBuilder program = JavaProgram.of(FaultRun.class, List.of(cache.toString(), Integer.toString(times)), Cuda.folderFlag())
                .redirectError(errors.toFile());
        program.environment().putAll(Map.of("SOFTCUDA_GPU", "t4,t4", "SOFTCUDA_FAIL", fail));
        List<String> lines = JavaProgram.run(program).lines().toList();
        List<String> reports = Files.readAllLines(errors).stream().filter(l -> l.startsWith("softcuda: ") && !l.endsWith(ENDED)).toList();
        assertEquals(List.of(), reports, "what the software device finds wrong");
        return lines;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "cuGraphLaunch@2=719      | cuGraphLaunch -> CUDA_ERROR_LAUNCH_FAILED (719) on cuda:0: graph step",
        "cuEventSynchronize@1=700 | cuEventSynchronize -> CUDA_ERROR_ILLEGAL_ADDRESS (700) on cuda:0: s, graph step",
        "cuStreamEndCapture@1=214 | cuStreamEndCapture -> CUDA_ERROR_ECC_UNCORRECTABLE (214) on cuda:0: graph step",
    })
    void aLostGpuSaysSoForEverAndTheOthersWorkOn(String fail, String first) throws Exception {
        List<String> lines = run(fail, 2);
        String all = String.join("\n", lines);
        assertTrue(lines.get(0).startsWith("1: Failure: " + first), all);
        assertTrue(lines.get(1).startsWith("2: DeviceException: " + LOST + first), all);
        assertEquals(List.of("counted 3 on cuda:1", "counted 3 on host", "closed"), lines.subList(2, lines.size()), all);
    }

    @Test
    void runningOutOfMemoryIsToldAsThatAndIsNotTheEnd() throws Exception {
        List<String> lines = run("cuMemAllocHost@1=2,cuMemAlloc@1=2,cuModuleLoadDataEx@1=2,cuGraphInstantiateWithFlags@1=2", 5);
        String all = String.join("\n", lines);
        List<String> expected = List.of("cuMemAllocHost -> CUDA_ERROR_OUT_OF_MEMORY (2) on cuda:0: host buffer h of 16 bytes",
                "arena a asked for 0 MB on cuda:0, of whose 15828 MB",
                "cuModuleLoadDataEx -> CUDA_ERROR_OUT_OF_MEMORY (2) on cuda:0: clock_tick",
                "cuGraphInstantiate -> CUDA_ERROR_OUT_OF_MEMORY (2) on cuda:0: graph step");
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(lines.get(i).startsWith(i + 1 + ": OutOfDeviceMemory: " + expected.get(i)), all);
            assertTrue(lines.get(i).endsWith("a smaller batch needs less"), all);
        }
        assertEquals(List.of("counted 3 on cuda:0", "counted 3 on cuda:1", "counted 3 on host", "closed"), lines.subList(4, lines.size()),
                all);
    }

    @Test
    void aFaultWhileAGraphIsRecordedNamesIt() throws Exception {
        List<String> lines = run("cuLaunchKernel@1=1,cuLaunchKernel@3=999", 3);
        String all = String.join("\n", lines);
        String recorded = " on cuda:0: clock_tick_i32 | That was while graph step was recorded.";
        assertEquals("1: DeviceException: cuLaunchKernel -> CUDA_ERROR_INVALID_VALUE (1)" + recorded, lines.get(0), all);
        assertEquals("counted 3 on cuda:0", lines.get(1), all);
        assertTrue(lines.get(2).startsWith("3: DeviceException: cuLaunchKernel -> CUDA_ERROR_UNKNOWN (999) on cuda:0: clock_tick"), all);
        assertTrue(lines.get(2).endsWith(" | That was while graph step was recorded."), all);
        assertEquals(List.of("counted 3 on cuda:1", "counted 3 on host", "closed"), lines.subList(3, lines.size()), all);
    }

    @Test
    void ptxThatIsNewerThanTheDriverIsToldWithBothVersions() {
        try (Device device = Cuda.open(cache)) {
            DeviceUnavailable e = assertThrows(DeviceUnavailable.class, () -> device.kernel(new TooNew()));
            String[] lines = e.getMessage().split("\n");
            assertTrue(lines[0].matches("the driver of cuda:0 \\(.*\\) speaks CUDA [0-9.]+ and accepts PTX <= [0-9.]+, "
                    + "too_new.ptx has 99.9\\."), e.getMessage());
            assertEquals("Update the driver, or use another device (--device opencl, host).", lines[1]);
        }
    }

    @Test
    void twoEnginesOnOneGpuWorkSideBySide() {
        Device one = Cuda.open(cache);
        try (Device two = Cuda.open(cache)) {
            assertEquals(3, count(one, 3));
            assertEquals(5, count(two, 5));
            try (Arena arena = two.arena("kept"); Stream stream = two.stream("s"); HostBuffer host = two.pinned("h", 16)) {
                Slice clock = arena.take("clock", Shape.of(4), DType.I32);
                arena.seal();
                Launch tick = two.kernel(ClockTick.of()).bind(clock);
                stream.fill(clock, 0);
                tick.on(stream);
                one.close();
                tick.on(stream);
                stream.copyOut(host, clock);
                stream.synchronize();
                assertEquals(2, host.bytes().getInt(0), "what was made before the other was closed");
            }
            assertEquals(4, count(two, 4), "what is made after");
        }
        assertThrows(IllegalStateException.class, () -> one.stream("late"));
    }

    private static int count(Device device, int times) {
        try (Arena arena = device.arena("a"); Stream stream = device.stream("s"); HostBuffer host = device.pinned("h", 16)) {
            Slice clock = arena.take("clock", Shape.of(4), DType.I32);
            arena.seal();
            Launch tick = device.kernel(ClockTick.of()).bind(clock);
            stream.fill(clock, 0);
            for (int i = 0; i < times; i++) {
                tick.on(stream);
            }
            stream.copyOut(host, clock);
            stream.synchronize();
            return host.bytes().getInt(0);
        }
    }

    @Test
    void everyUseAfterCloseFromAnotherThreadIsRefused() throws InterruptedException {
        Device device = Cuda.open(cache);
        Arena open = device.arena("never sealed");
        open.take("x", Shape.of(4), DType.F32);
        Stream stream = device.stream("s");
        stream.close();
        open.close();
        device.close();
        device.close();
        List<Runnable> uses = List.of(() -> device.arena("late"), () -> device.stream("late"), () -> device.pinned("late", 4),
                () -> device.event(), () -> device.kernel(ClockTick.of()), () -> device.memory(), open::seal, stream::synchronize);
        for (Runnable use : uses) {
            AtomicReference<RuntimeException> seen = new AtomicReference<>();
            Thread thread = new Thread(() -> seen.set(assertThrows(RuntimeException.class, use::run)));
            thread.start();
            thread.join();
            assertEquals(IllegalStateException.class, seen.get().getClass(), String.valueOf(seen.get()));
        }
    }

    @Test
    void closingUnderTheHandsOfAnotherThreadEndsItsWorkWithARefusal() throws InterruptedException {
        for (int round = 0; round < 5; round++) {
            Device device = Cuda.open(cache);
            CountDownLatch working = new CountDownLatch(1);
            AtomicReference<RuntimeException> seen = new AtomicReference<>();
            Thread worker = new Thread(() -> seen.set(assertThrows(RuntimeException.class, () -> {
                while (true) {
                    count(device, 2);
                    working.countDown();
                }
            })));
            worker.start();
            working.await();
            device.close();
            worker.join();
            assertEquals(IllegalStateException.class, seen.get().getClass(), String.valueOf(seen.get()));
        }
    }
}
