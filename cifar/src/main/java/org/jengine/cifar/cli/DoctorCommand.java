package org.jengine.cifar.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jengine.runtime.Backend;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Diagnosis;
import org.jengine.runtime.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jengine doctor}. */
@Command(name = "doctor", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Looks at what devices stand on here, layer by layer: drivers, libraries, compilers. Says what is missing and how to "
                + "get it, and compares a few kernels with their references. Needs no GPU.",
        footer = {"", "Exit code 0 if the device, or without --device any, can be used, and 4 if not."})
final class DoctorCommand implements Callable<Integer> {
    private static final String CUDA = "cuda";
    private static final String ROW = "  %-6s %-11s %s";

    private final Console console;

    @Option(names = "--device", paramLabel = "DEVICE", description = "Only this one, such as host, cuda, cuda:1, opencl:0.0. Default: all.")
    private String device;

    @Option(names = "--cuda-lib", paramLabel = "DIR", description = "Where CUDA's libraries are looked for first. "
            + "Default: where the system finds them.")
    private Path libraries;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        long began = System.nanoTime();
        String kind = device == null ? "" : device.replaceFirst(":.*", "");
        if (device != null) {
            ChosenDevice.requireKnown(device);
        }
        List<String> usable = new ArrayList<>();
        for (Backend backend : Devices.backends()) {
            if (kind.isEmpty() || kind.equals(backend.name())) {
                Diagnosis diagnosis = diagnose(backend);
                show(backend.name(), diagnosis);
                if (diagnosis.usable()) {
                    usable.add(diagnosis.device());
                }
            }
        }
        int code = usable.isEmpty() ? ExitCode.DEVICE : ExitCode.DONE;
        double seconds = (System.nanoTime() - began) * 1e-9;
        console.out().println(json
                ? Event.of("doctor").with("usable", usable).with("seconds", seconds).with("exit", code)
                : Text.format("%-8s %s", "verdict", (usable.isEmpty() ? "not usable" + (device == null ? "" : ": " + device)
                : "usable: " + String.join(", ", usable)) + "  (" + Text.duration(seconds) + ")"));
        return code;
    }

    private Diagnosis diagnose(Backend backend) {
        DeviceRequest request = DeviceRequest.first();
        if (device != null && device.contains(":")) {
            request = request.withWhich(device.substring(device.indexOf(':') + 1));
        }
        if (libraries != null && (device != null || backend.name().equals(CUDA))) {
            request = request.withLibraries(console.folder().resolve(libraries).toAbsolutePath());
        }
        try {
            return backend.diagnose(request);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    private void show(String backend, Diagnosis diagnosis) {
        if (!json) {
            console.out().println(Text.format("%-8s %s", backend, diagnosis.usable() ? "usable: " + diagnosis.device() : "not usable"));
        }
        for (Finding f : diagnosis.findings()) {
            String state = f.state().name().toLowerCase(Locale.ROOT);
            if (json) {
                console.out().println(Event.of("finding").with("backend", backend).with("layer", f.layer()).with("state", state)
                        .with("text", f.text()).with("remedy", f.remedy()).with("facts", f.facts()));
            } else {
                console.out().println(Text.format(ROW, state, f.layer(), f.text()));
                f.remedy().lines().forEach(l -> console.out().println(Text.format(ROW, "", "", l)));
            }
        }
        if (json) {
            console.out().println(Event.of("diagnosis").with("backend", backend).with("device", diagnosis.device())
                    .with("usable", diagnosis.usable()));
        }
        console.out().flush();
    }
}
