package org.jengine.softcuda.driver;

import java.util.Map;

/**
 * Which driver it is.
 *
 * @param cuda what of CUDA it speaks, as cuDriverGetVersion has it: 1000 major + 10 minor
 * @param ptx  the newest PTX that it takes, 10 major + minor
 */
public record Version(int cuda, int ptx) {
    /** The first that loads PTX 9.0. */
    private static final String NEWEST = "13.0";

    /** The PTX ISA's release notes. */
    private static final Map<String, Integer> PTX = Map.ofEntries(Map.entry("11.4", 74), Map.entry("11.8", 78), Map.entry("12.0", 80),
            Map.entry("12.1", 81), Map.entry("12.2", 82), Map.entry("12.3", 83), Map.entry("12.4", 84), Map.entry("12.5", 85),
            Map.entry("12.6", 85), Map.entry("12.8", 87), Map.entry("12.9", 88), Map.entry(NEWEST, 90));

    /**
     * A driver that was released.
     *
     * @param text as in 12.4; empty for the newest
     * @throws IllegalArgumentException if none is known by that version
     */
    public static Version of(String text) {
        String version = text.isEmpty() ? NEWEST : text;
        Integer ptx = PTX.get(version);
        if (ptx == null) {
            throw new IllegalArgumentException("no driver that speaks CUDA " + text + " is known; there are "
                    + String.join(", ", PTX.keySet().stream().sorted().toList()));
        }
        String[] parts = version.split("\\.");
        return new Version(Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]) * 10, ptx);
    }
}
