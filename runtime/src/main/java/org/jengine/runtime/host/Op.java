package org.jengine.runtime.host;

import java.util.List;

/** One recorded operation, before it is decided how it is cut into parts. */
interface Op {
    /** For messages and reports. */
    String name();

    /** The images it can be cut along, or 0 if it is done as a whole. */
    int images();

    List<Access> accesses();

    /** Makes all that running takes: native handles, scratch slices. Addresses are not known yet. */
    Planned plan(Tiling tiling, GraphBuilder builder);

    /**
     * An operation made ready.
     *
     * @param body   what is done, part by part
     * @param finish what is done once after all parts of the body, as the sum of their partial results; null for nothing
     */
    record Planned(Work body, Work finish) {
        static Planned of(Work body) {
            return new Planned(body, null);
        }
    }
}
