package org.jengine.cifar.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private static final String CUDA = "cuda";
    /** Among a device's details: on one line, what of a vendor's libraries serves; and what else is not for that line. */
    private static final String TIERS = "tiers";
    private static final Set<String> LIBRARIES = Set.of("cuBLAS", "cuDNN");
    private static final String TF32 = "TF32";
    private static final String OFF = "off: ";
    private static final String NOT_LOADED = ", not loaded: ";
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
    public static ChosenDevice open(String name, int threads, LibraryOptions libraries) {
        if (threads < 0) {
            throw new UsageException("--threads must be 0, for all, or more; got " + threads);
        }
        DeviceRequest request = libraries.of(DeviceRequest.first().withThreads(threads));
        boolean cudas = !request.tier().isEmpty() || request.libraries() != null;
        if (!name.equals(AUTO)) {
            return named(name, request, List.of());
        }
        return cudas ? named(CUDA, request, List.of("auto: " + CUDA + ", which --tier and --cuda-lib are for")) : auto(request);
    }

    private static ChosenDevice named(String name, DeviceRequest request, List<String> reasons) {
        requireKnown(name);
        try {
            return new ChosenDevice(Devices.open(name, request), request.threads(), reasons);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /** @throws UsageException if no backend has that name */
    static void requireKnown(String name) {
        List<String> known = Devices.backends().stream().map(Backend::name).toList();
        String kind = name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
        if (!known.contains(kind)) {
            throw new UsageException("no device '" + name + "'; this build knows " + String.join(", ", known)
                    + Nearest.to(kind, known).map(n -> "\ndid you mean " + n + "?").orElse(""));
        }
    }

    /** A GPU where there is one that can be opened, unless CPU threads were asked for; else the host. Why not the others is said. */
    private static ChosenDevice auto(DeviceRequest request) {
        List<String> reasons = new ArrayList<>();
        List<Backend> backends = Devices.backends();
        for (Backend other : backends) {
            if (!other.name().equals(HOST)) {
                Probe probe = other.probe();
                List<DeviceInfo> gpus = gpus(probe);
                if (gpus.isEmpty() || request.threads() > 0) {
                    reasons.add("not " + other.name() + ": " + whyNot(probe, gpus.stream().findFirst()));
                    continue;
                }
                for (DeviceInfo gpu : gpus) {
                    try {
                        Device device = Devices.open(gpu.id(), request);
                        reasons.add(0, "auto: " + gpu.id() + ", the first GPU" + (reasons.isEmpty() ? "" : " that can be used"));
                        return new ChosenDevice(device, request.threads(), reasons);
                    } catch (DeviceUnavailable e) {
                        reasons.add("not " + gpu.id() + ": " + e.getMessage().lines().findFirst().orElse(""));
                    }
                }
            }
        }
        Backend host = backends.stream().filter(b -> b.name().equals(HOST)).findFirst().orElseThrow(() -> new DeviceUnavailable(
                "this build has no " + HOST + " device; it knows "
                        + backends.stream().map(Backend::name).collect(Collectors.joining(", "))));
        reasons.add(0, "auto: host");
        return new ChosenDevice(host.open(request), request.threads(), reasons);
    }

    /** The GPUs among what a backend found. */
    static List<DeviceInfo> gpus(Probe probe) {
        return probe.devices().stream().filter(d -> "GPU".equals(d.details().get("kind"))).toList();
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

    /**
     * For people: what it is on one line, and each reason on one of its own; where a vendor's libraries may serve, which of them do, and
     * what is odd about the others.
     */
    public String describe() {
        return describe(device.info(), reasons);
    }

    static String describe(DeviceInfo info, List<String> reasons) {
        StringBuilder out = new StringBuilder(info.id()).append("  ").append(info.name());
        info.details().forEach((key, value) -> {
            if (!key.equals(TIERS) && !key.equals(TF32) && !LIBRARIES.contains(key)) {
                out.append("  ").append(key).append(' ').append(value);
            }
        });
        List<String> more = new ArrayList<>(reasons.stream().map(r -> " ".repeat(INDENT) + r).toList());
        if (info.details().containsKey(TIERS)) {
            more.add(Text.format("%-" + INDENT + "s%s", TIERS, info.details().get(TIERS)));
            LIBRARIES.stream().sorted().map(l -> l + " " + info.details().get(l))
                    .filter(l -> l.contains(" " + OFF) || l.contains(NOT_LOADED)).map(l -> " ".repeat(INDENT) + l).forEach(more::add);
        }
        more.forEach(line -> out.append(System.lineSeparator()).append(line));
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
