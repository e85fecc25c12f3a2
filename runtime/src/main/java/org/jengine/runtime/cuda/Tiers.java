package org.jengine.runtime.cuda;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of CUDA serves a device, and what was found beside the driver.
 *
 * @param tier   what is used
 * @param cublas its matrix products
 * @param cudnn  its convolutions, poolings and norms
 */
public record Tiers(Tier tier, FoundLibrary cublas, FoundLibrary cudnn) {
    /** Names among a device's details. */
    public static final String TIER = "tier";
    /** The tiers on one line: which serve, and what does which operations. */
    public static final String LINE = "tiers";

    /** The libraries beside the driver. */
    public List<FoundLibrary> libraries() {
        return List.of(cublas, cudnn);
    }

    /** For a device's details: the tier, the tiers on one line, and each library by version and place. */
    Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(TIER, tier.word());
        details.put(LINE, line());
        libraries().forEach(l -> details.put(l.name(), l.describe()));
        return details;
    }

    /** As {@code ptx ok | cublas 12.6.4 ok | cudnn off -> conv=ptx gemm=cublas rest=ptx}. */
    public String line() {
        return "ptx ok | " + state(Tier.CUBLAS, cublas) + " | " + state(Tier.CUDNN, cudnn) + " -> conv=" + by(Tier.CUDNN) + " gemm="
                + by(Tier.CUBLAS) + " rest=ptx";
    }

    private static String state(Tier of, FoundLibrary library) {
        return library.serves() ? of.word() + " " + library.version() + " ok" : of.word() + " off";
    }

    private String by(Tier of) {
        return tier.has(of) ? of.word() : "ptx";
    }
}
