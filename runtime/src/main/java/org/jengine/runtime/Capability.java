package org.jengine.runtime;

/** What some devices can do and others cannot. */
public enum Capability {
    /** Storage in bfloat16, with matrix products that accumulate in float32. */
    BF16,
    /** Products of float32 whose inputs are rounded to TF32, where {@link Numerics} allows it. */
    TF32,
    /** A block sees what others wrote before they counted themselves, so that the last one to come can finish the work of all. */
    LAST_BLOCK,
    /** A graph is launched at one go, however many launches are in it, and those of several streams may run at the same time. */
    GRAPHS,
    /** Blocks are run by CPU cores, a thread after the other: a barrier costs, and a thread that is alone in its block does not. */
    CPU
}
