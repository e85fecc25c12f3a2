package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelSource;
import org.jengine.kernels.Relu;
import org.jengine.runtime.DeviceException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of built programs: used when it can be, and never in the way. */
class ProgramsTest {
    private static final KernelSource RELU = KernelSource.of(Relu.fwd(DType.F32));

    @TempDir
    private Path temp;
    private Path folder;
    private Listing.Found found;
    private final Logger logger = Logger.getLogger(Programs.class.getName());
    private final List<String> said = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord r) {
            said.add(r.getMessage());
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    };

    @BeforeEach
    void listen() {
        OpenCl.assumeThere();
        found = Listing.read().choose("");
        folder = temp.resolve("a/b");
        logger.setLevel(Level.FINE);
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    @AfterEach
    void silence() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
    }

    /** Builds relu.cu on a device of its own; returns the entry and what was said. */
    private Path build(Path in) {
        said.clear();
        try (Cl cl = new Cl(found.device()); Programs programs = new Programs(cl, found.facts(), in)) {
            cl.release(cl.function(programs.of(RELU), "relu_fwd_f32"));
            cl.release(cl.function(programs.of(RELU), "relu_bwd_f32"));
            return programs.entry(RELU);
        }
    }

    private void assertSaid(String words) {
        assertTrue(said.stream().anyMatch(s -> s.contains(words)), () -> "'" + words + "' not in " + said);
    }

    @Test
    void aProgramIsBuiltOnceAndReadTheNextTime() throws IOException {
        Path entry = build(folder);
        assertEquals(1, said.size(), "one program for both kernels of a text: " + said);
        assertSaid("built in");
        byte[] kept = Files.readAllBytes(entry);
        build(folder);
        assertEquals(1, said.size(), said.toString());
        assertSaid("read from " + entry);
        assertArrayEquals(kept, Files.readAllBytes(entry));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(entry), files.toList(), "nothing else is left");
        }
    }

    @Test
    void aDamagedEntryIsMadeAnew() throws IOException {
        Path entry = build(folder);
        byte[] good = Files.readAllBytes(entry);
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 1;
        for (byte[] bad : new byte[][] {flipped, new byte[0], new byte[32], "foreign".getBytes(StandardCharsets.UTF_8)}) {
            Files.write(entry, bad);
            build(folder);
            assertSaid("built in");
            build(folder);
            assertSaid("read from");
        }
    }

    @Test
    void anEntryThatTheDriverRefusesIsMadeAnew() throws Exception {
        Path entry = build(folder);
        byte[] words = "not a program of this driver".getBytes(StandardCharsets.UTF_8);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(words);
        Files.write(entry, ByteBuffer.allocate(hash.length + words.length).put(hash).put(words).array());
        build(folder);
        assertSaid("does not take " + entry + " back: clCreateProgramWithBinary");
        assertSaid("built in");
        build(folder);
        assertSaid("read from");
    }

    @Test
    void aFolderThatCannotBeIsNoError() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "in the way");
        build(file.resolve("below"));
        assertSaid("built in");
        assertSaid("cannot keep a program");
        // An entry that can be neither read nor replaced.
        Path entry = build(folder);
        Files.delete(entry);
        Files.createDirectories(entry.resolve("full"));
        build(folder);
        assertSaid("built in");
        assertSaid("cannot keep a program");
    }

    @Test
    void otherTextsDriversAndOptionsHaveOtherEntries() {
        try (Cl cl = new Cl(found.device()); Programs programs = new Programs(cl, found.facts(), folder);
             Programs other = new Programs(cl, renewed(found.facts()), folder)) {
            assertNotEquals(programs.entry(RELU), programs.entry(KernelSource.of(Relu.fwd(DType.BF16))));
            assertEquals(programs.entry(RELU), programs.entry(KernelSource.of(Relu.bwd(DType.F32))));
            assertNotEquals(programs.entry(RELU), other.entry(RELU));
        }
    }

    private static Facts renewed(Facts f) {
        return new Facts(f.id(), f.name(), f.platform(), f.platformVersion(), f.driver() + ".1", f.deviceVersion(), f.version(), f.kind(),
                f.usable(), f.computeUnits(), f.groupLimit(), f.localMemory(), f.memory(), f.largestBuffer(), f.alignment(), f.subGroups(),
                f.exactDivision(), f.fma(), f.divisible());
    }

    @Test
    void aFaultyTextTellsTheCallTheStatusTheDeviceAndTheLog() {
        KernelSource faulty = new KernelSource("faulty", "__kernel void faulty(__global float* y) { y[0] = nowhere; }\n");
        try (Cl cl = new Cl(found.device()); Programs programs = new Programs(cl, found.facts(), folder)) {
            DeviceException e = assertThrows(DeviceException.class, () -> programs.of(faulty));
            assertTrue(e.getMessage().startsWith(
                    "clBuildProgram -> CL_BUILD_PROGRAM_FAILURE (-11) on " + found.facts().id() + ": faulty.cu with -cl-std=CL1.2"),
                    e.getMessage());
            assertTrue(e.getMessage().contains("nowhere"), e.getMessage());
            assertFalse(Files.exists(programs.entry(faulty)));
        }
    }
}
