package org.jengine.runtime.opencl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Diagnosis;
import org.jengine.runtime.Finding;
import org.jengine.runtime.Probe;
import org.jengine.runtime.spi.Trial;
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
                    : Probe.found(listing.devices().stream().map(f -> f.facts().info(0)).toList(), String.join("\n", listing.faults()));
        } catch (RuntimeException e) {
            // A driver may lack a call, which the binding reports in its own way.
            return Probe.none(e instanceof DeviceUnavailable ? e.getMessage() : "the OpenCL driver failed: " + e.getMessage());
        }
    }

    @Override
    public Diagnosis diagnose(DeviceRequest request) {
        Listing.requireForm(request.which());
        List<Finding> findings = new ArrayList<>();
        String layer = "loader";
        String id = "";
        try {
            findings.add(Finding.ok(layer, Cl.path()).with("path", Cl.path()));
            layer = "platforms";
            Listing listing = Listing.read();
            listing.devices().forEach(f -> findings.add(finding(f.facts())));
            listing.faults().forEach(f -> findings.add(Finding.off("platforms", f)));
            layer = "device";
            id = listing.choose(request.which()).facts().id();
            layer = "kernels";
            try (Device device = open(request)) {
                findings.add(Finding.ok(layer, "compiled, and right on " + id + ": " + Trial.run(device)));
            }
        } catch (DeviceException e) {
            findings.add(Finding.fault(layer, e.getMessage()));
        } catch (RuntimeException e) {
            // A driver may lack a call, which the binding reports in its own way.
            findings.add(Finding.fault(layer, "the OpenCL driver failed: " + e));
        }
        return new Diagnosis(id, findings);
    }

    private static Finding finding(Facts f) {
        return Finding.ok(f.id(), f.name() + ", " + f.kind() + ", OpenCL " + f.version() + " by " + f.platform() + " (driver " + f.driver()
                + "), " + f.memory() / 1_000_000 + " MB").with("name", f.name()).with("kind", f.kind()).with("platform", f.platform())
                .with("driver", f.driver()).with("opencl", f.version()).with("memory", f.memory());
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
