package org.jengine.runtime.host;

import java.util.List;

/**
 * How an operation touches a slice: what the order of operations is decided by.
 *
 * @param slice  the memory
 * @param writes whether it is written
 * @param byRows whether the part of the operation that does images {@code i .. j} touches only those images' rows of the slice
 */
record Access(HostSlice slice, boolean writes, boolean byRows) {
    static Access readRows(HostSlice s) {
        return new Access(s, false, true);
    }

    static Access writeRows(HostSlice s) {
        return new Access(s, true, true);
    }

    static Access read(HostSlice s) {
        return new Access(s, false, false);
    }

    static Access write(HostSlice s) {
        return new Access(s, true, false);
    }

    /** Whether this and {@code later} may not change places. */
    boolean conflicts(Access later) {
        return (writes || later.writes) && slice.overlaps(later.slice);
    }

    /** Whether this and {@code later} keep their order if each image goes through both operations before the next image does. */
    boolean chains(Access later) {
        return !conflicts(later) || byRows && later.byRows && slice.sameMemory(later.slice);
    }

    static boolean anyConflict(List<Access> earlier, List<Access> later) {
        return earlier.stream().anyMatch(a -> later.stream().anyMatch(a::conflicts));
    }
}
