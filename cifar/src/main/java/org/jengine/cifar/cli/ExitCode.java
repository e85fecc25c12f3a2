package org.jengine.cifar.cli;

import java.io.UncheckedIOException;
import org.jengine.cifar.data.DataCorrupt;
import org.jengine.cifar.data.DataUnavailable;
import org.jengine.nn.CheckpointCorrupt;
import org.jengine.nn.Diverged;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.OutOfDeviceMemory;
import picocli.CommandLine.ParameterException;

/** What the process tells its caller. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int BUG = 1;
    public static final int USAGE = 2;
    public static final int DATA = 3;
    public static final int DEVICE = 4;
    public static final int MEMORY = 5;
    public static final int DIVERGED = 6;
    public static final int DISK = 7;
    public static final int INTERRUPTED = 130;

    private ExitCode() {
    }

    /** The only place where a fault gets its code. */
    static int of(Throwable fault) {
        if (fault instanceof UsageException || fault instanceof ParameterException) {
            return USAGE;
        } else if (fault instanceof DataUnavailable unavailable) {
            return unavailable.reason() == DataUnavailable.Reason.DISK ? DISK : DATA;
        } else if (fault instanceof DataCorrupt || fault instanceof CheckpointCorrupt) {
            return DATA;
        } else if (fault instanceof OutOfDeviceMemory || fault instanceof OutOfMemoryError) {
            return MEMORY;
        } else if (fault instanceof DeviceException) {
            return DEVICE;
        } else if (fault instanceof Diverged) {
            return DIVERGED;
        } else if (fault instanceof DiskException || fault instanceof UncheckedIOException) {
            return DISK;
        }
        return BUG;
    }
}
