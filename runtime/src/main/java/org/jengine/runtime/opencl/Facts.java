package org.jengine.runtime.opencl;

import static org.jengine.runtime.opencl.Cl.Fact.*;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Slice;

/**
 * What the driver says of a device.
 *
 * @param version       of OpenCL, as {@code 3.0}
 * @param kind          {@code CPU}, {@code GPU}, {@code accelerator} or {@code device}
 * @param usable        whether the device is there and has a compiler
 * @param groupLimit    work items of a work-group, at most
 * @param localMemory   bytes that a work-group may share
 * @param memory        bytes of device memory
 * @param largestBuffer bytes of a buffer, at most
 * @param alignment     bytes to which sub-buffers must be aligned
 * @param exactDivision whether division and square roots can be rounded correctly
 * @param fma           whether a product and a sum can be rounded at once
 * @param divisible     whether a sub-device of a given number of compute units can be made
 */
record Facts(String id, String name, String platform, String platformVersion, String driver, String deviceVersion, String version,
             String kind, boolean usable, int computeUnits, long groupLimit, long localMemory, long memory, long largestBuffer,
             long alignment, boolean subGroups, boolean exactDivision, boolean fma, boolean divisible) {
    private static final Pattern VERSION = Pattern.compile("OpenCL ([0-9]+\\.[0-9]+).*");
    private static final double LEAST_VERSION = 1.2;

    static Facts of(Cl.Device d) {
        Matcher version = VERSION.matcher(d.text(DEVICE_VERSION));
        List<String> extensions = List.of(d.text(DEVICE_EXTENSIONS).split("\\s+"));
        return new Facts(d.id(), d.text(DEVICE_NAME), d.text(PLATFORM_NAME), d.text(PLATFORM_VERSION), d.text(DRIVER_VERSION),
                d.text(DEVICE_VERSION), version.matches() ? version.group(1) : "0.0", kind(d.number(DEVICE_TYPE)),
                d.number(DEVICE_AVAILABLE) != 0 && d.number(DEVICE_COMPILER_AVAILABLE) != 0,
                (int) d.number(DEVICE_MAX_COMPUTE_UNITS),
                Math.min(d.number(DEVICE_MAX_WORK_GROUP_SIZE), d.numbers(DEVICE_MAX_WORK_ITEM_SIZES).get(0)),
                d.number(DEVICE_LOCAL_MEM_SIZE), d.number(DEVICE_GLOBAL_MEM_SIZE), d.number(DEVICE_MAX_MEM_ALLOC_SIZE),
                d.number(DEVICE_MEM_BASE_ADDR_ALIGN) / Byte.SIZE,
                extensions.contains("cl_khr_subgroups") || extensions.contains("cl_intel_subgroups"),
                (d.number(DEVICE_SINGLE_FP_CONFIG) & Cl.CORRECTLY_ROUNDED_DIVISION) != 0,
                (d.number(DEVICE_SINGLE_FP_CONFIG) & Cl.FUSED_MULTIPLY_ADD) != 0,
                d.numbers(DEVICE_PARTITION_PROPERTIES).contains(Cl.PARTITION_BY_COUNTS));
    }

    private static String kind(long type) {
        return (type & Cl.TYPE_CPU) != 0 ? "CPU" : (type & Cl.TYPE_GPU) != 0 ? "GPU" : (type & Cl.TYPE_ACCELERATOR) != 0 ? "accelerator"
                : "device";
    }

    boolean isCpu() {
        return kind.equals("CPU");
    }

    /** Why the device cannot be used, with the remedy; empty if it can. */
    String fault() {
        if (!usable) {
            return this + " is not available, or its driver has no compiler; install the driver's compiler package";
        }
        if (Double.parseDouble(version) < LEAST_VERSION) {
            return this + " speaks OpenCL " + version + ", and " + LEAST_VERSION + " is needed; a newer driver may help";
        }
        if (alignment > Slice.ALIGNMENT) {
            return this + " aligns sub-buffers to " + alignment + " bytes, and slices lie on multiples of " + Slice.ALIGNMENT;
        }
        return "";
    }

    /** @throws DeviceUnavailable if the device cannot be opened with so many threads, one for each compute unit */
    void requireThreads(int threads) {
        String lack = !isCpu() ? "is a " + kind + ": threads can be chosen for CPUs only"
                : threads > computeUnits ? "has " + computeUnits + " compute units, " + threads + " threads were asked for"
                : !divisible ? "has a driver that cannot use " + threads + " of " + computeUnits + " compute units" : "";
        if (!lack.isEmpty()) {
            throw new DeviceUnavailable(this + " " + lack + "; leave the number of threads out");
        }
    }

    /** @param threads compute units that were asked for; 0 for all */
    DeviceInfo info(int threads) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("kind", kind);
        details.put("platform", platform);
        details.put("driver", driver);
        details.put("OpenCL", version);
        details.put("compute units", Integer.toString(computeUnits));
        if (threads > 0) {
            details.put("threads", Integer.toString(threads));
        }
        details.put("local memory", localMemory / 1024 + " KiB");
        details.put("work-group limit", Long.toString(groupLimit));
        details.put("sub-groups", subGroups ? "yes" : "no");
        return new DeviceInfo(id, name, memory, details);
    }

    /** As {@code opencl:0.0 (NAME)}. */
    @Override
    public String toString() {
        return id + " (" + name + ")";
    }
}
