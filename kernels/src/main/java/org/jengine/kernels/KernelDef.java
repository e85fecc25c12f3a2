package org.jengine.kernels;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One device function, described once: for three devices, the tests and the benchmarks. Definitions are values: two of the same
 * entry are equal in all they state.
 */
public interface KernelDef {
    /** Devices that a kernel may be for; the host runs each, by its reference if by nothing quicker. */
    enum Devices {
        /** There is a portable text. */
        ALL(Target.values()),
        /** What has another way on NVIDIA's GPUs, or cuts its work for CPUs, in blocks of one thread. */
        OPENCL(Target.PORTABLE),
        /** There is a text for NVIDIA's GPUs only. */
        CUDA(Target.CUDA, Target.SM80),
        /** As {@link #CUDA}, but what newer GPUs have a text of their own for is not this. */
        CUDA_CORES(Target.CUDA),
        /** There is a text for the newer of NVIDIA's GPUs only. */
        TENSOR_CORES(Target.SM80);

        private final Set<Target> targets;

        Devices(Target... targets) {
            this.targets = Set.of(targets);
        }

        /** Whether there is a text for the target. */
        public boolean cover(Target target) {
            return targets.contains(target);
        }

        /** Whether there is a text for GPUs of NVIDIA's of this compute capability, as 90 for 9.0. */
        public boolean cover(int capability) {
            return targets.stream().anyMatch(t -> t != Target.PORTABLE && t.capability() <= capability);
        }
    }

    /** The PTX entry and OpenCL kernel name, {@code <op>[_fwd|_bwd]_<type>}. */
    String entry();

    /**
     * The kernel's text is {@code src/main/cuda/<stem>.cu}, or as {@link Target} says, which may hold the ways forth and back of one op:
     * the entry without direction and type.
     */
    default String stem() {
        return entry().substring(0, entry().lastIndexOf('_')).replaceFirst("_(fwd|bwd)$", "");
    }

    /** Macros that the text is compiled with beside the storage type's, such as tile sizes. */
    default Map<String, String> constants() {
        return Map.of();
    }

    /**
     * The macros for one target's text. What cuts the work otherwise for a GPU says so here and in {@link #grid(Args, Target)}.
     */
    default Map<String, String> constants(Target target) {
        return constants();
    }

    /** Which devices have code for it. */
    default Devices devices() {
        return Devices.ALL;
    }

    /** Outputs, inputs, sizes, scalars, always in this order. */
    List<Param> params();

    /**
     * Elements that a launch of these sizes may touch in one of its buffers: every device refuses a shorter buffer when binding. A table
     * whose length no size tells, as that of the learning rates, counts for one element.
     *
     * @param buffer name of a buffer parameter
     */
    long elements(String buffer, Args sizes);

    /** The launch shape; the only place where a block size is written, but for what {@link #grid(Args, Target)} says. */
    Grid grid(Args sizes);

    /**
     * The launch shape of one target's text. A declaration states it where that text has another than the portable one; it must then
     * refuse the same sizes.
     */
    default Grid grid(Args sizes, Target target) {
        return grid(sizes);
    }

    /**
     * Obvious Java with double accumulators: the oracle, and what the host runs where it has no faster body. Reads and writes the buffers
     * of {@code a} in place.
     */
    void reference(Args a);

    /** Shapes to test and time, the awkward ones too. */
    List<Case> cases();
}
