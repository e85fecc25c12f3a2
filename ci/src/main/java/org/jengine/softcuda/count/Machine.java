package org.jengine.softcuda.count;

import java.util.Map;
import org.jengine.softcuda.gpu.GpuProfile;

/**
 * What the counts need to know of a GPU.
 *
 * @param major              of the compute capability, as 9 in 9.0
 * @param processors         multiprocessors
 * @param clock              cycles a second
 * @param bandwidth          bytes a second between the GPU and its memory
 * @param flops              operations a second, each addition and each multiplication one, by type: f32, f64, f16, bf16, tensor.f16,
 *                           tensor.bf16, tensor.tf32, tensor.f64; a type that is missing counts as infinitely fast
 * @param threads            of a multiprocessor
 * @param blocks             of a multiprocessor, at most
 * @param registers          of a multiprocessor
 * @param shared             bytes of shared memory of a multiprocessor
 * @param reserved           bytes of shared memory that every block needs beyond what it asks for
 */
public record Machine(String name, int major, int minor, int processors, double clock, double bandwidth, Map<String, Double> flops,
        int threads, int blocks, int registers, int shared, int reserved) {
    /** Instructions of warps that a multiprocessor issues in a cycle: one for each of its four parts, on all GPUs since Volta. */
    public static final int ISSUES = 4;

    public static final int WARP = 32;

    /** What a profile says of its GPU. */
    public static Machine of(GpuProfile gpu) {
        return new Machine(gpu.name(), gpu.major(), gpu.minor(), gpu.attribute("MULTIPROCESSOR_COUNT"), gpu.clock(), gpu.bandwidth(),
                gpu.flops(), gpu.attribute("MAX_THREADS_PER_MULTIPROCESSOR"), gpu.attribute("MAX_BLOCKS_PER_MULTIPROCESSOR"),
                gpu.attribute("MAX_REGISTERS_PER_MULTIPROCESSOR"), gpu.attribute("MAX_SHARED_MEMORY_PER_MULTIPROCESSOR"),
                gpu.attribute("RESERVED_SHARED_MEMORY_PER_BLOCK"));
    }
}
