package org.jengine.softcuda.simt.alu;

import java.util.List;

/**
 * An instruction's form: what it takes, gives and computes.
 *
 * @param results  kinds of the destinations in the order of the text, vectors flattened
 * @param sources  kinds of the sources, likewise
 * @param carryIn  whether the carry flag is one more source, a {@link Kind#PRED} after {@code sources}
 * @param carryOut whether the carry flag is one more result, a {@link Kind#PRED} after {@code results}
 * @param warp     whether lanes work together by warps: n is a multiple of 32, and inactive lanes hold anything
 * @param body     what it computes
 */
public record Form(List<Kind> results, List<Kind> sources, boolean carryIn, boolean carryOut, boolean warp, Body body) {
    public Form {
        results = List.copyOf(results);
        sources = List.copyOf(sources);
    }

    static Form of(Kind result, Kind source, int count, Body body) {
        return of(result, java.util.Collections.nCopies(count, source), body);
    }

    static Form of(Kind result, List<Kind> sources, Body body) {
        return new Form(List.of(result), sources, false, false, false, body);
    }
}
