package org.jengine.cifar.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jengine.runtime.Backend;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Probe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jengine devices}. */
@Command(name = "devices", mixinStandardHelpOptions = true, description = "Lists the devices that can be used, and why others cannot. "
        + "'jengine doctor' looks at what they stand on.")
final class DevicesCommand implements Callable<Integer> {
    private static final String UUID = "UUID";
    /** What is worth a line of devices that have a number for life; 'jengine doctor' tells the rest. */
    private static final List<String> BRIEF = List.of("compute capability", "tier", UUID, "used by");

    private final Console console;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    DevicesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        boolean any = false;
        for (Backend backend : Devices.backends()) {
            Probe probe = backend.probe();
            for (DeviceInfo device : probe.devices()) {
                any = true;
                console.out().println(json ? ChosenDevice.event(device).with("backend", backend.name()) : describe(device));
            }
            if (!probe.reason().isEmpty()) {
                console.out().println(json ? Event.of("unavailable").with("backend", backend.name()).with("reason", probe.reason())
                        : Text.format("%-10s not usable: %s", backend.name(), indented(probe.reason())));
            }
        }
        return any ? ExitCode.DONE : ExitCode.DEVICE;
    }

    /** The lines after the first below the text of the first. */
    private static String indented(String reason) {
        return reason.replace("\n", System.lineSeparator() + Text.format("%-10s ", ""));
    }

    private static String describe(DeviceInfo device) {
        StringBuilder out = new StringBuilder(Text.format("%-10s %s  %s", device.id(), device.name(), Text.bytes(device.memory())));
        if (device.details().containsKey(UUID)) {
            List<String> brief = BRIEF.stream().filter(device.details()::containsKey).map(k -> k + " " + device.details().get(k)).toList();
            return out.append(System.lineSeparator()).append(Text.format("%-10s %s", "", String.join("  ", brief))).toString();
        }
        device.details().forEach((key, value) -> out.append(System.lineSeparator()).append(Text.format("%-10s %s: %s", "", key, value)));
        return out.toString();
    }
}
