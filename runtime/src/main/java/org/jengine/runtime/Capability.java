package org.jengine.runtime;

/** What some devices can do and others cannot. */
public enum Capability {
    /** Storage in bfloat16, with matrix products that accumulate in float32. */
    BF16
}
