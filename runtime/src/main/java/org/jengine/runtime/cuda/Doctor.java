package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.Ptx;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Diagnosis;
import org.jengine.runtime.Finding;
import org.jengine.runtime.spi.Trial;

/** Looks at what CUDA stands on here, layer by layer: the driver, the GPUs, the libraries, the translator of PTX and what it makes. */
final class Doctor {
    private static final double GIGA = 1e9;

    private final String folder;
    private final DeviceRequest request;
    private final List<Finding> findings = new ArrayList<>();

    /** @param folder that is searched first for CUDA's libraries; empty for none */
    Doctor(String folder, DeviceRequest request) {
        this.folder = folder;
        this.request = request;
    }

    /**
     * Looks.
     *
     * @param tiers finds what serves a device
     * @param open  opens a device, as a user would
     */
    Diagnosis diagnose(Function<Facts, Tiers> tiers, Function<Listing.Found, CudaDevice> open) {
        Optional<Listing.Found> chosen = driver() ? gpus() : Optional.empty();
        chosen.ifPresent(found -> {
            libraries(found.facts(), tiers);
            translator(found, open);
        });
        return new Diagnosis(chosen.map(f -> f.facts().id()).orElse(""), findings);
    }

    private boolean driver() {
        try (Driver driver = Driver.load(folder)) {
            String release = Nvml.driverRelease();
            findings.add(Finding.ok("driver", (release.isEmpty() ? "" : release + ", ") + "speaks CUDA " + driver.version() + ", "
                    + driver.path()).with("release", release).with("cuda", driver.version()).with("path", driver.path()));
            return true;
        } catch (DeviceUnavailable e) {
            findings.add(Finding.fault("driver", e.getMessage()));
            return false;
        }
    }

    /** The one that is to be tried, if it can be. */
    private Optional<Listing.Found> gpus() {
        try {
            Listing listing = Listing.read(folder);
            listing.devices().forEach(f -> findings.add(gpu(f.facts())));
            listing.faults().forEach(f -> findings.add(Finding.off("GPU", f)));
            return Optional.of(listing.choose(request.which()));
        } catch (DeviceUnavailable e) {
            findings.add(Finding.fault("GPU", e.getMessage()));
            return Optional.empty();
        }
    }

    private static Finding gpu(Facts f) {
        Optional<List<String>> users = f.users();
        String used = users.map(u -> "used by " + (u.isEmpty() ? "nobody else" : String.join(", ", u))).orElse("users not known (no NVML)");
        Finding finding = Finding.ok(f.id(), f.name() + ", compute capability " + f.computeCapability() + ", " + gigabytes(f.memory())
                + ", PCI " + f.pci() + ", " + f.uuid() + ", " + used).with("name", f.name())
                .with("compute_capability", f.computeCapability())
                .with("memory", f.memory()).with("pci", f.pci()).with("uuid", f.uuid());
        return users.isEmpty() ? finding : finding.with("users", users.get());
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / GIGA);
    }

    private void libraries(Facts facts, Function<Facts, Tiers> tiers) {
        try {
            for (FoundLibrary l : tiers.apply(facts).libraries()) {
                Finding finding = l.serves() ? Finding.ok(l.name(), l.describe()) : Finding.off(l.name(), l.fault());
                findings.add(finding.with("file", l.file()).with("path", l.path()).with("version", l.version()).with("others", l.others()));
            }
        } catch (DeviceUnavailable e) {
            findings.add(Finding.fault("tier " + request.tier(), e.getMessage()));
        }
    }

    /** The device is opened, has PTX translated, and must compute what the references say. */
    private void translator(Listing.Found found, Function<Listing.Found, CudaDevice> open) {
        String layer = "PTX JIT";
        try (CudaDevice device = open.apply(found)) {
            long free = device.memory().free();
            findings.add(Finding.ok("memory", gigabytes(free) + " of " + gigabytes(found.facts().memory()) + " free").with("free", free));
            String own = newest(found.facts().capability());
            String accepted = device.acceptedPtx();
            String tried = Trial.run(device);
            findings.add(Finding.ok(layer, "takes PTX " + (accepted.isEmpty() ? "" : "<= " + accepted + ", ") + "this build's is " + own
                    + "; right on " + device.info().id() + ": " + tried).with("accepts", accepted).with("needs", own).with("tried", tried));
        } catch (DeviceException e) {
            findings.add(Finding.fault(layer, e.getMessage()));
        }
    }

    /** The newest PTX among what we have for a GPU. */
    private static String newest(int capability) {
        return Kernels.ALL.stream().filter(d -> d.devices().cover(capability))
                .map(d -> Modules.WRITTEN.matcher(Ptx.of(d, capability).text()))
                .filter(Matcher::find).map(m -> m.group(1)).max(Comparator.comparingDouble(Double::parseDouble)).orElse("");
    }
}
