package org.jengine.runtime.cuda;

import java.util.List;

/**
 * One of CUDA's libraries, as it was found on this machine.
 *
 * @param name    its maker's name for it: {@code cuBLAS}
 * @param file    as the loader knows it: {@code libcublas.so.12}
 * @param path    where the one that is loaded lies; empty if none is
 * @param version its own word for its version, as {@code 12.6.4}; empty if it was not asked
 * @param fault   why it does not serve, with the remedy from the second line on; empty if it does
 * @param others  where further copies lie, which were not loaded
 */
public record FoundLibrary(String name, String file, String path, String version, String fault, List<String> others) {
    public FoundLibrary {
        others = List.copyOf(others);
    }

    private static final String UNASKED = "not asked for";

    /** One that was not looked for, since the tier that was asked for does without. */
    static FoundLibrary unasked(String name, String file, Tier tier) {
        return new FoundLibrary(name, file, "", "", UNASKED + " by the tier " + tier.word(), List.of());
    }

    /** Whether it can be used. */
    public boolean serves() {
        return fault.isEmpty();
    }

    /** The same library, which does not serve after all. */
    FoundLibrary without(String why) {
        return new FoundLibrary(name, file, path, version, why, others);
    }

    /** On one line: version and place, or why not; and the copies that were left alone. */
    public String describe() {
        String why = fault.lines().findFirst().orElse("");
        String text = serves() ? version + " (" + path + ")" : fault.startsWith(UNASKED) ? why : "off: " + why;
        return others.isEmpty() ? text : text + ", not loaded: " + String.join(", ", others);
    }
}
