package org.jengine.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * The kernels as NVIDIA's drivers take them: a PTX file for each kernel file, compiled ahead of time by {@code ci/ptx}, so that no
 * machine needs a CUDA toolkit. It is for compute capability 7.5, or what its target asks for; a driver translates it for the GPU at
 * hand, newer ones included.
 *
 * @param target what it is for
 * @param name   of the file
 * @param text   the file
 * @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/">PTX ISA</a>
 */
public record Ptx(Target target, String name, String text) {
    private static final String FOLDER = "/org/jengine/kernels/ptx/";

    /**
     * The PTX that holds this kernel, and the others of its file, for the newest target that the GPU fits and that has a text of its own.
     *
     * @param capability the GPU's compute capability, as 90 for 9.0
     * @throws IllegalArgumentException if the kernel is for no such GPU, or the file is missing, which is a fault of the build
     */
    public static Ptx of(KernelDef def, int capability) {
        if (!def.devices().cover(capability)) {
            throw new IllegalArgumentException(def.entry() + " is not for a GPU of compute capability " + capability / 10 + "."
                    + capability % 10);
        }
        return of(def.stem(), targets(def.stem()).filter(t -> t.capability() <= capability && def.devices().cover(t))
                .reduce(Target.CUDA, (a, b) -> b));
    }

    static Ptx of(String stem, Target target) {
        String name = name(stem, target);
        try (InputStream in = Ptx.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no " + name + "; ci/ptx makes it");
            }
            return new Ptx(target, name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The targets that have a PTX file of this stem: all GPUs, and those with a text for themselves. */
    static Stream<Target> targets(String stem) {
        return Stream.of(Target.values()).filter(t -> t == Target.CUDA || t.ordinal() > Target.CUDA.ordinal() && KernelSource.has(stem, t));
    }

    static String name(String stem, Target target) {
        return stem + (target == Target.CUDA ? "" : target.mark()) + ".ptx";
    }

    /** What the compiler is told. Part of the stamp: other flags make other code. */
    static List<String> flags(Target target) {
        return List.of("-ptx", "-arch=compute_" + target.capability(), "-lineinfo");
    }

    /** The texts that a PTX file is made from: one for each type and tile that a GPU may run. */
    static List<String> texts(String stem, Target target) {
        return Kernels.ALL.stream().filter(d -> d.stem().equals(stem) && d.devices().cover(target))
                .map(d -> KernelSource.of(d, target).text()).distinct().toList();
    }

    /** The first line of a file that was made from these texts. */
    static String stamp(List<String> texts, Target target) {
        String hash = new KernelSource("", String.join("", texts)).hash();
        return "// made by ci/ptx: nvcc " + String.join(" ", flags(target)) + ", sources " + hash;
    }
}
