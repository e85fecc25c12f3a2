package org.jengine.runtime.cuda;

import java.nio.file.Path;
import java.util.List;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.Ptx;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Target;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.conformance.KernelConformance;

/** A program of its own that tries the kernels for which newer GPUs have another text, and prints each case. */
final class OlderGpuRun {
    private static final int NEWEST = 120;

    private OlderGpuRun() {
    }

    /** Kernels of which this GPU's text is not the newest. */
    static List<KernelDef> kernels() {
        return Kernels.ALL.stream().filter(d -> d.devices().cover(Target.CUDA) && Ptx.of(d, NEWEST).target() != Target.CUDA).toList();
    }

    /** By what a dense layer is planned where products may round to TF32, which this GPU does not know. */
    private static String tf32(Device device) {
        try (Arena arena = device.arena("layer"); Arena scratch = device.arena("scratch")) {
            DenseSpec s = new DenseSpec(4, 4, 4, DType.F32, Activation.NONE, Activation.NONE);
            Slice x = arena.take("x", s.x(), s.real());
            Slice b = arena.take("b", Shape.of(4), s.real());
            return ((CudaLaunch) device.library(scratch, new Numerics(true, false)).dense(s).forward(x, x, x, b)).name();
        }
    }

    public static void main(String[] args) {
        try (Device device = new CudaBackend(Path.of(args[0]), false).open(DeviceRequest.first().withDebug())) {
            System.out.println(device.info().name());
            for (KernelDef def : kernels()) {
                for (Case c : def.cases()) {
                    KernelConformance.check(device, def, c);
                    System.out.println(def.entry() + " " + c.name());
                }
            }
            System.out.println(tf32(device));
        }
        System.out.println("closed");
    }
}
