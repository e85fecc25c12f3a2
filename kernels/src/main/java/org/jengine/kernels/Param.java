package org.jengine.kernels;

/**
 * One parameter of a kernel. Parameters stand in the order outputs, inputs, sizes, scalars, in the kernel text, in
 * {@link KernelDef#params()} and in the arguments of a launch alike.
 *
 * @param type the element type of a buffer; {@code I32} for a size, {@code F32} for a scalar
 */
public record Param(String name, Role role, DType type) {
    /** What a parameter is to the kernel. */
    public enum Role {
        /** A buffer that the kernel writes; what it held before is not read. */
        OUT,
        /** A buffer that the kernel reads and writes. */
        INOUT,
        /** A buffer that the kernel writes for itself: nobody may read anything out of what it holds afterwards. */
        SCRATCH,
        /** A buffer that the kernel only reads. */
        IN,
        /** A 32-bit integer fixed when the launch is bound. */
        SIZE,
        /** A float fixed when the launch is bound; what changes from step to step is a buffer instead. */
        SCALAR;

        public boolean isBuffer() {
            return this == SCRATCH || this == IN || isResult();
        }

        public boolean isWritten() {
            return this == SCRATCH || isResult();
        }

        /** Whether what the buffer holds afterwards means something. */
        public boolean isResult() {
            return this == OUT || this == INOUT;
        }

        /** Whether what the buffer held before means nothing. */
        public boolean isFresh() {
            return this == OUT || this == SCRATCH;
        }
    }

    public static Param out(String name, DType type) {
        return new Param(name, Role.OUT, type);
    }

    public static Param inout(String name, DType type) {
        return new Param(name, Role.INOUT, type);
    }

    public static Param scratch(String name, DType type) {
        return new Param(name, Role.SCRATCH, type);
    }

    public static Param in(String name, DType type) {
        return new Param(name, Role.IN, type);
    }

    public static Param size(String name) {
        return new Param(name, Role.SIZE, DType.I32);
    }

    public static Param scalar(String name) {
        return new Param(name, Role.SCALAR, DType.F32);
    }
}
