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
        /** A buffer that the kernel only reads. */
        IN,
        /** A 32-bit integer fixed when the launch is bound. */
        SIZE,
        /** A float fixed when the launch is bound; what changes from step to step is a buffer instead. */
        SCALAR;

        public boolean isBuffer() {
            return this == OUT || this == INOUT || this == IN;
        }

        public boolean isWritten() {
            return this == OUT || this == INOUT;
        }
    }

    public static Param out(String name, DType type) {
        return new Param(name, Role.OUT, type);
    }

    public static Param inout(String name, DType type) {
        return new Param(name, Role.INOUT, type);
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
