package org.jengine.softcuda.simt.alu;

/**
 * What the PTX ISA says of one form, on the bits of registers; written without a look at the bodies.
 *
 * @param of    results of sources, both as the bits of their registers, a predicate as 0 or 1, the carry flag last
 * @param match which bits serve as well
 */
record Statement(Of of, Match match) {
    /** The function itself. */
    interface Of {
        long[] results(long[] sources);
    }

    /** Whether what came out is as good as what was expected. */
    interface Match {
        boolean same(long expected, long actual);
    }

    /** One result. */
    interface One {
        long result(long[] sources);
    }

    static final Match EXACT = (expected, actual) -> expected == actual;

    static Statement exact(One of) {
        return new Statement(s -> new long[] {of.result(s)}, EXACT);
    }

    /** Any NaN is as good as another: the ISA leaves it open. */
    static Statement floating(Ieee type, One of) {
        return new Statement(s -> new long[] {of.result(s)}, (e, a) -> e == a || type.isNan(e) && type.isNan(a));
    }

    /** One more or less in the last place is right too. */
    static Statement near(Ieee type, One of) {
        return new Statement(s -> new long[] {of.result(s)},
                (e, a) -> Math.abs(e - a) <= 1 || type.isNan(e) && type.isNan(a));
    }
}
