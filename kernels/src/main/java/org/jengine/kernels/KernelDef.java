package org.jengine.kernels;

import java.util.List;

/**
 * One device function, described once: for three devices, the tests and the benchmarks. Definitions are values: two of the same
 * entry are equal in all they state.
 */
public interface KernelDef {
    /** The PTX entry and OpenCL kernel name, {@code <op>[_fwd|_bwd]_<type>}; the op is also the stem of its file. */
    String entry();

    /** Outputs, inputs, sizes, scalars, always in this order. */
    List<Param> params();

    /** The launch shape; the only place where a block size is written. */
    Grid grid(Args sizes);

    /** Obvious Java with double accumulators: the oracle. Reads and writes the buffers of {@code a} in place. */
    void reference(Args a);

    /** Shapes to test and time, the awkward ones too. */
    List<Case> cases();
}
