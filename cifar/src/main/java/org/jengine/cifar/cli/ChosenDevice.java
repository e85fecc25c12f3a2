package org.jengine.cifar.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jengine.nn.Precision;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Probe;

/**
 * An opened device and why it is this one.
 *
 * @param threads that were asked for; 0 for all
 * @param reasons one for the choice and one for each backend passed over; empty if the device was named
 */
public record ChosenDevice(Device device, int threads, List<String> reasons) implements AutoCloseable {
    /** Stands for the best device that can be had. */
    public static final String AUTO = "auto";
    private static final String HOST = "host";
    /** Where the text of a header line begins. */
    private static final int INDENT = 9;

    public ChosenDevice {
        reasons = List.copyOf(reasons);
    }

    /**
     * Opens a device; only {@link #AUTO} looks further than the one named.
     *
     * @throws UsageException    if no backend has that name
     * @throws DeviceUnavailable if it cannot be used
     */
    public static ChosenDevice open(String name, int threads) {
        if (threads < 0) {
            throw new UsageException("--threads must be 0, for all, or more; got " + threads);
        }
        DeviceRequest request = DeviceRequest.first().withThreads(threads);
        if (name.equals(AUTO)) {
            return auto(request);
        }
        List<String> known = Devices.backends().stream().map(Backend::name).toList();
        String kind = name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
        if (!known.contains(kind)) {
            throw new UsageException("no device '" + name + "'; this build knows " + String.join(", ", known)
                    + Nearest.to(kind, known).map(n -> "\ndid you mean " + n + "?").orElse(""));
        }
        try {
            return new ChosenDevice(Devices.open(name, request), threads, List.of());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /** A GPU where there is one, unless CPU threads were asked for; else the host. Why not the others is said. */
    private static ChosenDevice auto(DeviceRequest request) {
        List<String> reasons = new ArrayList<>();
        List<Backend> backends = Devices.backends();
        for (Backend other : backends) {
            if (!other.name().equals(HOST)) {
                Probe probe = other.probe();
                Optional<DeviceInfo> gpu = gpu(probe);
                if (gpu.isPresent() && request.threads() == 0) {
                    reasons.add(0, "auto: " + gpu.get().id() + ", the first GPU");
                    return new ChosenDevice(Devices.open(gpu.get().id(), request), request.threads(), reasons);
                }
                reasons.add("not " + other.name() + ": " + whyNot(probe, gpu));
            }
        }
        Backend host = backends.stream().filter(b -> b.name().equals(HOST)).findFirst().orElseThrow(() -> new DeviceUnavailable(
                "this build has no " + HOST + " device; it knows "
                        + backends.stream().map(Backend::name).collect(Collectors.joining(", "))));
        reasons.add(0, "auto: host");
        return new ChosenDevice(host.open(request), request.threads(), reasons);
    }

    /** The first GPU among what a backend found. */
    static Optional<DeviceInfo> gpu(Probe probe) {
        return probe.devices().stream().filter(d -> "GPU".equals(d.details().get("kind"))).findFirst();
    }

    /** Why {@link #AUTO} passes a backend over. */
    static String whyNot(Probe probe, Optional<DeviceInfo> gpu) {
        if (probe.devices().isEmpty()) {
            return probe.reason().lines().findFirst().orElse("");
        }
        String first = probe.devices().get(0).id();
        return gpu.map(g -> "--threads asks for a CPU; without it, " + g.id() + " is taken")
                .orElse("no GPU, and the host is quicker on a CPU; --device " + first + " takes it all the same");
    }

    /** @throws DeviceUnavailable if the device does not have the precision; nothing else is taken in its place */
    public void require(Precision precision) {
        if (!has(precision)) {
            throw new DeviceUnavailable(lacks(precision) + "; use --precision fp32");
        }
    }

    public boolean has(Precision precision) {
        return precision.on(device);
    }

    /** The sentence to print where {@link #has} is false. */
    public String lacks(Precision precision) {
        return device.info().id() + " (" + device.info().name() + ") has no " + PrecisionConverter.name(precision);
    }

    /** For people: what it is on one line, and each reason on one of its own. */
    public String describe() {
        DeviceInfo info = device.info();
        StringBuilder out = new StringBuilder(info.id()).append("  ").append(info.name());
        info.details().forEach((key, value) -> out.append("  ").append(key).append(' ').append(value));
        reasons.forEach(r -> out.append(System.lineSeparator()).append(" ".repeat(INDENT)).append(r));
        return out.toString();
    }

    /** For programs. */
    public Event event() {
        return event(device.info()).with("threads_asked", threads).with("reasons", reasons);
    }

    static Event event(DeviceInfo info) {
        return Event.of("device").with("id", info.id()).with("name", info.name()).with("memory", info.memory())
                .with("details", info.details());
    }

    @Override
    public void close() {
        device.close();
    }
}
