package org.jengine.runtime.cuda;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jengine.runtime.DeviceUnavailable;

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

    /**
     * Finds what serves a device.
     *
     * @param asked  the tier that must serve, by its word; empty for the best that is there
     * @param finder looks for the libraries
     * @param facts  of the device
     * @throws IllegalArgumentException if no tier has that word
     * @throws DeviceUnavailable        if what was asked for is not there, with what is missing and how to get it
     */
    static Tiers choose(String asked, Finder finder, Facts facts) {
        Tier most = asked.isEmpty() ? Tier.CUDNN : Tier.of(asked);
        FoundLibrary cublas = most.has(Tier.CUBLAS) ? bound(finder.find(Wanted.CUBLAS, facts.major())) : unasked(Wanted.CUBLAS, most);
        FoundLibrary cudnn = most.has(Tier.CUDNN) ? finder.find(Wanted.CUDNN, facts.major()) : unasked(Wanted.CUDNN, most);
        if (cudnn.serves() && !cublas.serves()) {
            cudnn = cudnn.without("cuDNN needs cuBLAS, which does not serve");
        }
        String fault = cudnn.serves() ? Dnn.fault(Path.of(cudnn.path())) : "";
        cudnn = fault.isEmpty() ? cudnn : cudnn.without(fault);
        Tiers tiers = new Tiers(cudnn.serves() ? Tier.CUDNN : cublas.serves() ? Tier.CUBLAS : Tier.DRIVER, cublas, cudnn);
        if (!asked.isEmpty() && tiers.tier != most) {
            throw new DeviceUnavailable(facts + " has no tier " + asked + ": " + (cublas.serves() ? cudnn : cublas).fault());
        }
        return tiers;
    }

    private static FoundLibrary bound(FoundLibrary cublas) {
        String fault = cublas.serves() ? Blas.fault() : "";
        return fault.isEmpty() ? cublas : cublas.without(fault);
    }

    private static FoundLibrary unasked(Wanted wanted, Tier most) {
        return FoundLibrary.unasked(wanted.title(), wanted.file(), most);
    }

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
