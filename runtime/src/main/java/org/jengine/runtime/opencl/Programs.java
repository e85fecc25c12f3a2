package org.jengine.runtime.opencl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jengine.kernels.KernelSource;
import org.jengine.runtime.spi.Sha256;

/**
 * The programs of a device, each built once. What the driver made of a text is kept in a folder for the next run, under a name that
 * changes with the driver, the device, the options and the text. An entry is the SHA-256 of the binary and then the binary: drivers crash
 * on a damaged one, so it must not reach them. A folder or an entry that is of no use costs time, never the run.
 */
final class Programs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Programs.class.getName());

    private final Cl cl;
    private final Facts facts;
    private final Path folder;
    private final String options;
    private final Map<KernelSource, Cl.Program> programs = new HashMap<>();

    Programs(Cl cl, Facts facts, Path folder) {
        this.cl = cl;
        this.facts = facts;
        this.folder = folder;
        // Without the second, division and square roots may be off by three units, which no case of a kernel allows for.
        options = "-cl-std=CL1.2" + (facts.exactDivision() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "")
                + (facts.fma() ? " -DDEVICE_FMA" : "");
    }

    /** @throws Cl.Failure with the build log if the text is faulty */
    synchronized Cl.Program of(KernelSource source) {
        return programs.computeIfAbsent(source, this::load);
    }

    private Cl.Program load(KernelSource source) {
        Path entry = entry(source);
        Cl.Program kept = read(source, entry);
        if (kept != null) {
            LOG.log(System.Logger.Level.DEBUG, () -> source.stem() + ".cu for " + facts + " read from " + entry);
            return kept;
        }
        long start = System.nanoTime();
        Cl.Program made = built(source, cl.program(source.stem(), source.text()));
        LOG.log(System.Logger.Level.DEBUG,
                () -> source.stem() + ".cu for " + facts + " built in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        write(entry, cl.binary(made));
        return made;
    }

    private Cl.Program built(KernelSource source, Cl.Program program) {
        try {
            cl.build(program, source.stem() + ".cu with " + options, options);
            return program;
        } catch (RuntimeException e) {
            cl.release(program);
            throw e;
        }
    }

    /** Where the binary of a text is kept. */
    Path entry(KernelSource source) {
        String key = String.join("\n", facts.platform(), facts.platformVersion(), facts.driver(), facts.deviceVersion(), facts.name(),
                options, source.hash());
        return folder.resolve(Sha256.hex(key));
    }

    /** The program that an entry holds, or null if it holds none. */
    private Cl.Program read(KernelSource source, Path entry) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(entry);
        } catch (IOException e) {
            return null;
        }
        if (bytes.length <= Sha256.BYTES) {
            return null;
        }
        byte[] binary = Arrays.copyOfRange(bytes, Sha256.BYTES, bytes.length);
        if (!Arrays.equals(Sha256.of(binary), Arrays.copyOf(bytes, Sha256.BYTES))) {
            return null;
        }
        try {
            return built(source, cl.program(source.stem(), binary));
        } catch (Cl.Failure e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "the driver does not take " + entry + " back: " + e.getMessage());
            return null;
        }
    }

    private void write(Path entry, byte[] binary) {
        Path made = null;
        try {
            Files.createDirectories(folder);
            made = Files.createTempFile(folder, "new", null);
            Files.write(made, ByteBuffer.allocate(Sha256.BYTES + binary.length).put(Sha256.of(binary)).put(binary).array());
            Files.move(made, entry, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "cannot keep a program in " + folder + ": " + e);
            discard(made);
        }
    }

    private static void discard(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "cannot delete " + file + ": " + e);
        }
    }

    @Override
    public synchronized void close() {
        programs.values().forEach(cl::release);
        programs.clear();
    }
}
