package org.jengine.runtime;

/**
 * How a library's operations may compute.
 *
 * @param tf32          whether products may round their inputs to TF32: float32 with 10 bits of fraction
 * @param deterministic whether the same inputs must give the same bits each time
 */
public record Numerics(boolean tf32, boolean deterministic) {
    /** Products as exact as their storage. */
    public static final Numerics EXACT = new Numerics(false, false);
}
