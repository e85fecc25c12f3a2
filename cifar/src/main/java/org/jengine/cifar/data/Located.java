package org.jengine.cifar.data;

import java.util.List;

/**
 * The data set that a run uses, and how it was chosen.
 *
 * @param data   the data, opened and checked
 * @param origin which rule chose it
 * @param notice two lines to print where the synthetic set stands in for the real one: the cause, and what to do; otherwise empty
 */
public record Located(DataSet data, Origin origin, List<String> notice) {
    /** The rules, in the order in which they are tried. */
    public enum Origin {
        /** Named on the command line. */
        EXPLICIT,
        /** Named by {@code $JENGINE_DATA}. */
        ENVIRONMENT,
        /** Found in the user's cache folder. */
        CACHE,
        /** Fetched into the cache folder just now. */
        DOWNLOAD,
        /** Generated, since none of the others gave anything. */
        SYNTHETIC
    }
}
