package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Probe;

/** The CUDA device for tests: a GPU of this machine, or else the software CUDA device. */
public final class Cuda {
    private Cuda() {
    }

    /** Gives up the test where there is no device; fails it where {@code -Djengine.require} names {@code cuda}. */
    static void assumeThere() {
        String reason = Lane.REASON;
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("cuda");
        assertFalse(required && !reason.isEmpty(), () -> "cuda is required: " + reason);
        assumeTrue(reason.isEmpty(), () -> "no cuda device: " + reason);
    }

    /** Whether it is no GPU. */
    static boolean isSoftware() {
        return !System.getProperty(Driver.FOLDER, "").isEmpty();
    }

    /** Gives a program of its own the same driver. */
    static String folderFlag() {
        return "-D" + Driver.FOLDER + "=" + System.getProperty(Driver.FOLDER, "");
    }

    /** The first device, in debug mode. */
    static Device open(Path cache) {
        return open(cache, DeviceRequest.first().withDebug());
    }

    /** @param cache what was timed is kept there; on the software CUDA device nothing is timed */
    public static Device open(Path cache, DeviceRequest request) {
        assumeThere();
        return new CudaBackend(cache, !isSoftware()).open(request);
    }

    /** Looked for once: a program has one driver library. */
    private static final class Lane {
        /** Why there is none; empty if there is one. */
        static final String REASON = find();

        private static String find() {
            Probe gpu = new CudaBackend().probe();
            if (!gpu.devices().isEmpty()) {
                return "";
            }
            try {
                System.setProperty(Driver.FOLDER, SoftCuda.build().toString());
            } catch (IOException e) {
                return gpu.reason() + "\n" + e.getMessage();
            }
            return new CudaBackend().probe().reason();
        }
    }
}
