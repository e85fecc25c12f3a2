package org.jengine.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The kernels as NVIDIA's drivers take them: one PTX file for each kernel file, compiled ahead of time by {@code ci/ptx}, so that no
 * machine needs a CUDA toolkit. It is for compute capability 7.5; a driver translates it for the GPU at hand, newer ones included.
 *
 * @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/">PTX ISA</a>
 */
public final class Ptx {
    /** What the compiler was told. Part of the stamp: other flags make other code. */
    static final List<String> FLAGS = List.of("-ptx", "-arch=compute_75", "-lineinfo");

    private static final String FOLDER = "/org/jengine/kernels/ptx/";

    private Ptx() {
    }

    /**
     * The PTX that holds this kernel, and the others of its file.
     *
     * @throws IllegalArgumentException if the kernel is for CPUs alone, or the file is missing, which is a fault of the build
     */
    public static String of(KernelDef def) {
        if (def.forCpus()) {
            throw new IllegalArgumentException(def.entry() + " is for CPUs alone");
        }
        try (InputStream in = Ptx.class.getResourceAsStream(FOLDER + def.stem() + ".ptx")) {
            if (in == null) {
                throw new IllegalArgumentException("there is no " + def.stem() + ".ptx; ci/ptx makes it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The texts that the PTX of a kernel file is made from: one for each type and tile that a GPU may run. */
    static List<String> texts(String stem) {
        return Kernels.ALL.stream().filter(d -> d.stem().equals(stem) && !d.forCpus()).map(d -> KernelSource.of(d).text()).distinct()
                .toList();
    }

    /** The first line of a file that was made from these texts. */
    static String stamp(List<String> texts) {
        String hash = new KernelSource("", String.join("", texts)).hash();
        return "// made by ci/ptx: nvcc " + String.join(" ", FLAGS) + ", sources " + hash;
    }
}
