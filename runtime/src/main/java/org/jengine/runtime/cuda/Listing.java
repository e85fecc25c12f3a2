package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jengine.runtime.DeviceUnavailable;

/**
 * The GPUs that the driver sees, numbered by their place on the PCI bus as nvidia-smi numbers them; the driver's own order may be another.
 *
 * @param devices that can be used
 * @param faults  what else was found and cannot be used, and why
 */
record Listing(List<Found> devices, List<String> faults) {
    private static final Pattern WHICH = Pattern.compile("[0-9]{1,4}");

    /** A device and what the driver says of it. */
    record Found(Cu.Device device, Facts facts) {
    }

    /**
     * Asks the driver.
     *
     * @param folder where its library is; empty for where the system finds it
     * @throws DeviceUnavailable if there is no driver, it is too old, or it sees no GPU
     */
    static Listing read(String folder) {
        try (Driver driver = Driver.load(folder)) {
            Cu.load();
            List<Found> all = new ArrayList<>();
            List<Cu.Device> inOrder = new ArrayList<>(Cu.devices());
            inOrder.sort(Comparator.comparing(d -> Facts.of(d, driver.version()).pci()));
            for (int i = 0; i < inOrder.size(); i++) {
                Cu.Device d = inOrder.get(i).named("cuda:" + i);
                all.add(new Found(d, Facts.of(d, driver.version())));
            }
            if (all.isEmpty()) {
                throw new DeviceUnavailable(noDevice("there is no device"));
            }
            return new Listing(all.stream().filter(f -> f.facts.fault().isEmpty()).toList(),
                    all.stream().map(f -> f.facts.fault()).filter(f -> !f.isEmpty()).toList());
        } catch (Cu.Failure e) {
            throw new DeviceUnavailable(e.isNoDevice() ? noDevice(e.getMessage()) : e.isMismatch() ? mismatch(e.getMessage())
                    : "the NVIDIA driver does not work: " + e.getMessage() + "\nSee what nvidia-smi says.", e);
        }
    }

    static String noDevice(String why) {
        return "the NVIDIA driver sees no GPU (" + why + ").\nIn a container, pass the GPU in (--gpus all); look at CUDA_VISIBLE_DEVICES,"
                + " which can hide it, and at what nvidia-smi says.";
    }

    static String mismatch(String why) {
        return "the NVIDIA driver was updated and its kernel module was not (" + why + "); restart the machine.";
    }

    /**
     * The device of that name, or the first.
     *
     * @param which its number, or nothing
     * @throws IllegalArgumentException if it is neither
     * @throws DeviceUnavailable        if there is no such device or it cannot be used
     */
    Found choose(String which) {
        requireForm(which);
        return devices.stream().filter(f -> which.isEmpty() || f.facts.id().equals("cuda:" + Integer.parseInt(which)))
                .findFirst().orElseThrow(() -> new DeviceUnavailable(none(which)));
    }

    private String none(String which) {
        String known = devices.isEmpty() ? "" : "\nThere is " + String.join(", ", devices.stream().map(f -> f.facts.toString()).toList());
        return (which.isEmpty() ? "no CUDA device can be used" : "there is no cuda:" + which + " that can be used") + known
                + (faults.isEmpty() ? "" : "\n" + String.join("\n", faults));
    }

    static void requireForm(String which) {
        if (!which.isEmpty() && !WHICH.matcher(which).matches()) {
            throw new IllegalArgumentException("not a device: 'cuda:" + which
                    + "'; expected cuda or cuda:N, by the order on the PCI bus, as nvidia-smi numbers them");
        }
    }
}
