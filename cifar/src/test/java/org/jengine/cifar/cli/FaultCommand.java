package org.jengine.cifar.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jengine.cifar.data.DataCorrupt;
import org.jengine.cifar.data.DataUnavailable;
import org.jengine.nn.CheckpointCorrupt;
import org.jengine.nn.Diverged;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.OutOfDeviceMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fails as it is told, to see what the command line makes of it. */
@Command(name = "fault", hidden = true)
final class FaultCommand implements Callable<Integer> {
    @Parameters
    private String kind;

    @Option(names = "--json")
    private boolean json;

    @Override
    public Integer call() {
        switch (kind) {
            case "usage": throw new UsageException("that cannot be");
            case "corrupt": throw new DataCorrupt("file x, record 3: label 12");
            case "network": throw new DataUnavailable(DataUnavailable.Reason.NETWORK, "no route");
            case "busy": throw new DataUnavailable(DataUnavailable.Reason.BUSY, "another process");
            case "download-disk": throw new DataUnavailable(DataUnavailable.Reason.DISK, "no room");
            case "checkpoint": throw new CheckpointCorrupt("file y: damaged");
            case "no-device": throw new DeviceUnavailable("no driver");
            case "device": throw new DeviceException("call -> status");
            case "memory": throw new OutOfDeviceMemory("asked 3, left 1", 3, 1);
            case "heap": throw new OutOfMemoryError("Java heap space");
            case "diverged": throw new Diverged(2, "the loss is NaN", null, null);
            case "disk": throw new DiskException(Path.of("somewhere", "file"), 10, new IOException("No space left on device"));
            case "io": throw new UncheckedIOException("cannot read z", new IOException("z"));
            case "long": throw new UsageException("1\n2\n3\n4\n5\n6");
            default: throw new IllegalStateException("unforeseen");
        }
    }

    /** Found beside the real commands. */
    public static final class Provider implements CommandProvider {
        @Override
        public List<Object> commands(Console console) {
            return List.of(new FaultCommand(), new StubbornCommand(console));
        }
    }
}
