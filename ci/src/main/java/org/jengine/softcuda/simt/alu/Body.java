package org.jengine.softcuda.simt.alu;

/**
 * What an instruction computes, for all lanes 0..n-1 whether active or not: so it never throws, and lanes that are not meant are
 * masked by the interpreter. It has no other effect than on {@code out}.
 */
@FunctionalInterface
public interface Body {
    /**
     * @param out the results, in the order of the text; may be the same registers as sources only in forms that do not work by warps
     * @param in  the sources
     * @param n   lanes
     */
    void run(Values[] out, Values[] in, int n);
}
