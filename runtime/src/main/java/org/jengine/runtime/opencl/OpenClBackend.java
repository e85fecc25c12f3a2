package org.jengine.runtime.opencl;

import java.nio.file.Path;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Probe;
import org.jengine.runtime.spi.UserCache;

/** Whatever has an OpenCL driver, by our portable kernels alone. */
public final class OpenClBackend implements Backend {
    private final Path cache;

    /** Keeps built programs in the user's cache folder. */
    public OpenClBackend() {
        this(UserCache.ofSystem().resolve("opencl"));
    }

    /** @param cache the folder in which built programs are kept; need not be there, nor be writable */
    OpenClBackend(Path cache) {
        this.cache = cache;
    }

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public Probe probe() {
        try {
            Listing listing = Listing.read();
            return listing.devices().isEmpty() ? Probe.none(String.join("\n", listing.faults()))
                    : Probe.found(listing.devices().stream().map(f -> f.facts().info(0)).toList());
        } catch (RuntimeException e) {
            // A driver may lack a call, which the binding reports in its own way.
            return Probe.none(e instanceof DeviceUnavailable ? e.getMessage() : "the OpenCL driver failed: " + e.getMessage());
        }
    }

    @Override
    public Device open(DeviceRequest request) {
        Listing.requireForm(request.which());
        request.requireNoLibraries(name());
        Listing.Found found = Listing.read().choose(request.which());
        Facts whole = found.facts();
        if (request.threads() == 0 || whole.isCpu() && request.threads() == whole.computeUnits()) {
            return new ClDevice(found.device(), whole, null, request, cache);
        }
        whole.requireThreads(request.threads());
        Cl.Device part = Cl.subDevice(found.device(), request.threads());
        try {
            return new ClDevice(part, Facts.of(part), part, request, cache);
        } catch (RuntimeException e) {
            Cl.release(part);
            throw e;
        }
    }
}
