package org.jengine.softcuda.work;

/**
 * What a piece of work asks of a GPU at the least.
 *
 * @param bytes read and written
 * @param flops operations, an addition and a multiplication each one
 * @param type  of the operations, as a GPU's profile names it: f32, tensor.bf16, ...
 */
public record Cost(long bytes, double flops, String type) {
    /** Nothing beyond being started. */
    public static final Cost NONE = new Cost(0, 0, "f32");
}
