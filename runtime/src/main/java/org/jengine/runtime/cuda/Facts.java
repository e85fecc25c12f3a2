package org.jengine.runtime.cuda;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jengine.kernels.Grid;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceUnavailable;

/**
 * What the driver says of a device.
 *
 * @param id              as {@code cuda:0}
 * @param major           of the compute capability
 * @param minor           of the compute capability
 * @param memory          bytes of device memory
 * @param multiprocessors that blocks are spread over
 * @param pci             domain, bus and device, as {@code 0000:01:00.0}; orders devices as nvidia-smi does
 * @param uuid            as nvidia-smi prints it
 * @param driver          what of CUDA the driver speaks, as {@code 12.8}
 * @param blocksX         blocks that a launch may have along the first axis
 * @param blocksY         along the second
 * @param blocksZ         along the third
 */
record Facts(String id, String name, int major, int minor, long memory, int multiprocessors, String pci, String uuid, String driver,
             int blocksX, int blocksY, int blocksZ) {
    /** What our PTX is made for, and all that came later. */
    private static final int LEAST_MAJOR = 7;
    private static final int LEAST_MINOR = 5;
    /** The first whose tensor cores know TF32. */
    private static final int TF32_MAJOR = 8;

    /** @param driver what of CUDA the driver speaks */
    static Facts of(Cu.Device d, String driver) {
        return new Facts(d.id(), d.name(), d.attribute(Cu.Attribute.MAJOR), d.attribute(Cu.Attribute.MINOR), d.memory(),
                d.attribute(Cu.Attribute.MULTIPROCESSORS),
                pci(d.attribute(Cu.Attribute.PCI_DOMAIN), d.attribute(Cu.Attribute.PCI_BUS), d.attribute(Cu.Attribute.PCI_DEVICE)),
                uuid(d.uuid()), driver, d.attribute(Cu.Attribute.BLOCKS_X), d.attribute(Cu.Attribute.BLOCKS_Y),
                d.attribute(Cu.Attribute.BLOCKS_Z));
    }

    static String pci(int domain, int bus, int device) {
        return String.format(Locale.ROOT, "%04x:%02x:%02x.0", domain, bus, device);
    }

    static String uuid(byte[] bytes) {
        HexFormat hex = HexFormat.of();
        return "GPU-" + String.join("-", hex.formatHex(bytes, 0, 4), hex.formatHex(bytes, 4, 6), hex.formatHex(bytes, 6, 8),
                hex.formatHex(bytes, 8, 10), hex.formatHex(bytes, 10, 16));
    }

    /** Why the device cannot be used, with the remedy; empty if it can. */
    String fault() {
        return major > LEAST_MAJOR || major == LEAST_MAJOR && minor >= LEAST_MINOR ? ""
                : this + " has compute capability " + major + "." + minor + ", and " + LEAST_MAJOR + "." + LEAST_MINOR
                        + " is needed (Turing, of 2018, and newer); use another device";
    }

    /** The compute capability in one number, as 90 for 9.0. */
    int capability() {
        return 10 * major + minor;
    }

    /** @throws DeviceUnavailable if a number of CPU threads was asked for */
    void requireThreads(int threads) {
        if (threads > 0) {
            throw new DeviceUnavailable(this + " is a GPU: threads can be chosen for CPUs only; leave the number of threads out");
        }
    }

    /** @throws DeviceException if a launch has more blocks along an axis than the device takes */
    void requireBlocks(String kernel, Grid grid) {
        if (grid.blocksX() > blocksX || grid.blocksY() > blocksY || grid.blocksZ() > blocksZ) {
            throw new DeviceException(kernel + " needs " + grid.blocksX() + "x" + grid.blocksY() + "x" + grid.blocksZ() + " blocks, " + this
                    + " takes " + blocksX + "x" + blocksY + "x" + blocksZ + "; a smaller batch needs less");
        }
    }

    /** As {@code 9.0}. */
    String computeCapability() {
        return major + "." + minor;
    }

    /** Whether products of float32 can be made of inputs rounded to TF32. */
    boolean hasTf32() {
        return major >= TF32_MAJOR;
    }

    /** The other programs that compute on it; nothing where that is not told. */
    Optional<List<String>> users() {
        return Nvml.usersOf(uuid).map(all -> all.stream().map(Nvml.Process::toString).toList());
    }

    /** @param tiers what serves it */
    DeviceInfo info(Tiers tiers) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("kind", "GPU");
        details.putAll(tiers.details());
        details.put("compute capability", computeCapability());
        details.put("CUDA", driver);
        if (hasTf32()) {
            details.put("TF32", "on tensor cores, where it is allowed");
        }
        details.put("multiprocessors", Integer.toString(multiprocessors));
        details.put("PCI", pci);
        details.put("UUID", uuid);
        users().ifPresent(u -> details.put("used by", u.isEmpty() ? "nobody else" : String.join(", ", u)));
        return new DeviceInfo(id, name, memory, details);
    }

    /** As {@code cuda:0 (NAME)}. */
    @Override
    public String toString() {
        return id + " (" + name + ")";
    }
}
