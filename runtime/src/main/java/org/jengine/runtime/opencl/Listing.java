package org.jengine.runtime.opencl;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jengine.runtime.DeviceUnavailable;

/**
 * What the OpenCL loader finds on the machine, numbered as {@code clinfo -l} numbers it.
 *
 * @param devices of all platforms, in order
 * @param faults  what else was found and cannot be used, and why
 */
record Listing(List<Found> devices, List<String> faults) {
    private static final Pattern WHICH = Pattern.compile("([0-9]{1,4})(\\.[0-9]{1,4})?");
    private static final String VENDORS = "OCL_ICD_VENDORS";

    /** A device and what it says of itself. */
    record Found(Cl.Device device, Facts facts) {
    }

    /**
     * Asks the loader and all drivers.
     *
     * @throws DeviceUnavailable if there is no loader or no platform
     */
    static Listing read() {
        Cl.load();
        List<Cl.Platform> platforms = Cl.platforms();
        if (platforms.isEmpty()) {
            throw new DeviceUnavailable(noPlatform(System.getenv().getOrDefault(VENDORS, "")));
        }
        List<Found> devices = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Cl.Platform p : platforms) {
            try {
                List<Cl.Device> ofPlatform = Cl.devices(p);
                if (ofPlatform.isEmpty()) {
                    faults.add(noDevice(p.number(), Cl.name(p)));
                }
                for (Cl.Device d : ofPlatform) {
                    add(d, devices, faults);
                }
            } catch (Cl.Failure e) {
                faults.add(e.getMessage());
            }
        }
        return new Listing(devices, faults);
    }

    private static void add(Cl.Device d, List<Found> devices, List<String> faults) {
        Facts facts = Facts.of(d);
        if (facts.fault().isEmpty()) {
            devices.add(new Found(d, facts));
        } else {
            faults.add(facts.fault());
        }
    }

    /** @param vendors what the environment names in place of the loader's own folder; empty if nothing */
    static String noPlatform(String vendors) {
        return "no OpenCL driver is registered in " + (vendors.isEmpty() ? "/etc/OpenCL/vendors" : vendors + " (" + VENDORS + ")") + "."
                + "\nInstall the GPU's driver, which brings OpenCL (Intel's is intel-opencl-icd), or pocl-opencl-icd to use the CPU."
                + "\nIn a container, pass the GPU in (--gpus all) and put the line libnvidia-opencl.so.1 into"
                + " /etc/OpenCL/vendors/nvidia.icd.";
    }

    static String noDevice(int platform, String name) {
        return "OpenCL platform " + platform + " (" + name + ") has no device: the hardware, its kernel driver or the right to use it is"
                + " missing.\nSee what 'clinfo' says as this user; in a container, pass the device in (--gpus all, --device /dev/dri).";
    }

    /**
     * The device of that name: of all or of a platform the first that can be used.
     *
     * @param which {@code PLATFORM.DEVICE}, {@code PLATFORM} or nothing
     * @throws IllegalArgumentException if it is none of them
     * @throws DeviceUnavailable        if there is no such device or it cannot be used
     */
    Found choose(String which) {
        requireForm(which);
        String id = "opencl:" + which;
        return devices.stream().filter(f -> which.isEmpty() || f.facts.id().equals(id) || f.facts.id().startsWith(id + "."))
                .findFirst().orElseThrow(() -> new DeviceUnavailable(none(which, id)));
    }

    private String none(String which, String id) {
        String known = devices.isEmpty() ? "" : "\nThere is " + String.join(", ", devices.stream().map(f -> f.facts.toString()).toList());
        return (which.isEmpty() ? "no OpenCL device can be used" : "there is no " + id + " that can be used")
                + known + (faults.isEmpty() ? "" : "\n" + String.join("\n", faults));
    }

    static void requireForm(String which) {
        if (!which.isEmpty() && !WHICH.matcher(which).matches()) {
            throw new IllegalArgumentException("not a device: 'opencl:" + which
                    + "'; expected opencl, opencl:PLATFORM or opencl:PLATFORM.DEVICE, as 'clinfo -l' numbers them");
        }
    }
}
