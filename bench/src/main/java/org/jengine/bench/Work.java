package org.jengine.bench;

import java.util.Map;
import org.jengine.kernels.Args;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;

/** What operations have to do, by their sizes alone: what their times are divided by to tell how good they are. */
final class Work {
    private Work() {
    }

    /**
     * The bytes that a launch must move: each buffer that it reads counts once, each that it writes counts once, and one that it reads and
     * writes counts twice.
     */
    static long bytes(KernelDef def, Map<String, Integer> sizes) {
        return bytes(def, sizes, 2);
    }

    /** The bytes of all buffers that a launch touches. */
    static long footprint(KernelDef def, Map<String, Integer> sizes) {
        return bytes(def, sizes, 1);
    }

    private static long bytes(KernelDef def, Map<String, Integer> sizes, int ofUpdated) {
        Args args = Args.sizes(def, sizes);
        long bytes = 0;
        for (Param p : def.params()) {
            if (p.role().isBuffer()) {
                bytes += def.elements(p.name(), args) * p.type().bytes() * (p.role() == Param.Role.INOUT ? ofUpdated : 1);
            }
        }
        return bytes;
    }

    /**
     * Floating-point operations of a convolution, of its data gradient and of its weight gradient alike: two for each product of a filter's
     * number with one of the input, those in the border of zeros included.
     */
    static double flops(ConvSpec s) {
        return 2.0 * s.y().count() * s.r() * s.s() * s.c();
    }

    /** Of a dense layer, of its data gradient and of its weight gradient alike. */
    static double flops(DenseSpec s) {
        return 2.0 * s.n() * s.in() * s.out();
    }
}
