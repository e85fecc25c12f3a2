package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Stream;

/** A program of its own that tries a dense layer by cuBLAS some times, and prints what came of each. */
final class ProductRun {
    private static final DenseSpec SPEC = new DenseSpec(4, 8, 40, DType.F32, Activation.RELU, Activation.NONE);

    private ProductRun() {
    }

    public static void main(String[] args) {
        try (Device device = new CudaBackend(Path.of(args[0]), false).open(DeviceRequest.first().withTier("cublas"))) {
            for (int i = 1; i <= Integer.parseInt(args[1]); i++) {
                try {
                    once(device);
                    System.out.println(i + ": done");
                } catch (DeviceException e) {
                    System.out.println(i + ": " + e.getClass().getSimpleName() + ": " + e.getMessage().lines().findFirst().orElse(""));
                }
            }
        }
        System.out.println("closed");
    }

    private static void once(Device device) {
        try (Arena arena = device.arena("a"); Stream stream = device.stream("s")) {
            Launch launch = AllCublas.of(device, arena, Numerics.EXACT).dense(SPEC).forward(arena.take("y", SPEC.y(), DType.F32),
                    arena.take("x", SPEC.x(), DType.F32), arena.take("w", SPEC.weights(), DType.F32),
                    arena.take("b", Shape.of(SPEC.out()), DType.F32));
            arena.seal();
            launch.on(stream);
            stream.synchronize();
        }
    }
}
