package org.jengine.cifar.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which device to use. */
final class DeviceOptions {
    @Option(names = "--device", defaultValue = ChosenDevice.AUTO, paramLabel = "DEVICE",
            description = "auto, or one that 'jengine devices' lists: host, cuda:0, opencl:0.0. Default: ${DEFAULT-VALUE}.")
    private String name;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N", description = "CPU threads; 0, the default, for all.")
    private int threads;

    @Mixin
    private LibraryOptions libraries;

    ChosenDevice open() {
        return ChosenDevice.open(name, threads, libraries);
    }
}
