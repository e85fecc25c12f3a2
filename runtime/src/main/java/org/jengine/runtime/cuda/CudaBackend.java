package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Diagnosis;
import org.jengine.runtime.Probe;
import org.jengine.runtime.portable.Tuner;
import org.jengine.runtime.spi.UserCache;

/**
 * NVIDIA's GPUs, by our own PTX and the driver alone, and by cuBLAS and cuDNN where they are found: see {@link Tiers}. The system property
 * {@code jengine.cuda.lib}, or {@link DeviceRequest#libraries}, names a folder that is searched first for CUDA's libraries, the driver's
 * own included; the first that are used serve as long as the program runs.
 */
public final class CudaBackend implements Backend {
    /** A system property: if it is {@code false}, no tile is timed and the likeliest is taken, as suits a simulator. */
    static final String TUNING = "jengine.cuda.tuning";

    private final Path cache;
    private final boolean search;

    /** Keeps what is found out about a device in the user's cache folder. */
    public CudaBackend() {
        this(UserCache.ofSystem().resolve("cuda"), Boolean.parseBoolean(System.getProperty(TUNING, "true")));
    }

    /**
     * A backend with a folder of its own.
     *
     * @param cache  the folder for what is found out about a device; need not be there, nor be writable
     * @param search whether tiles are timed
     */
    CudaBackend(Path cache, boolean search) {
        this.cache = cache;
        this.search = search;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Probe probe() {
        try {
            Listing listing = Listing.read(folder(null));
            Finder finder = finder(folder(null));
            return listing.devices().isEmpty() ? Probe.none(String.join("\n", listing.faults()))
                    : Probe.found(listing.devices().stream().map(f -> f.facts().info(Tiers.choose("", finder, f.facts()))).toList(),
                            String.join("\n", listing.faults()));
        } catch (RuntimeException e) {
            // A folder may have a name that no path can have.
            return Probe.none(e instanceof DeviceUnavailable ? e.getMessage() : "the NVIDIA driver cannot be asked: " + e.getMessage());
        }
    }

    @Override
    public Diagnosis diagnose(DeviceRequest request) {
        Listing.requireForm(request.which());
        String folder = folder(request.libraries());
        return new Doctor(folder, request).diagnose(facts -> Tiers.choose(request.tier(), finder(folder), facts),
                found -> open(found, folder, request));
    }

    @Override
    public Device open(DeviceRequest request) {
        Listing.requireForm(request.which());
        if (!request.tier().isEmpty()) {
            Tier.of(request.tier());
        }
        String folder = folder(request.libraries());
        Listing.Found found = Listing.read(folder).choose(request.which());
        found.facts().requireThreads(request.threads());
        return open(found, folder, request);
    }

    private CudaDevice open(Listing.Found found, String folder, DeviceRequest request) {
        Tiers tiers = Tiers.choose(request.tier(), finder(folder), found.facts());
        return CudaDevice.open(found.device(), found.facts(), tiers, request, tuned -> new Tuner(tuned, cache, search), cache);
    }

    private Finder finder(String folder) {
        return new Finder(Places.of(folder, System.getenv(), Path.of("/")), new Redist(CudaBackend.class.getClassLoader(), cache));
    }

    private static String folder(Path named) {
        return named == null ? System.getProperty(Driver.FOLDER, "") : named.toString();
    }
}
