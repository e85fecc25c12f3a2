package org.jengine.runtime.cuda;

import java.nio.file.Path;
import java.util.List;
import org.jengine.kernels.Case;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.Ptx;
import org.jengine.kernels.Target;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
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

    public static void main(String[] args) {
        try (Device device = new CudaBackend(Path.of(args[0]), false).open(DeviceRequest.first().withDebug())) {
            System.out.println(device.info().name());
            for (KernelDef def : kernels()) {
                for (Case c : def.cases()) {
                    KernelConformance.check(device, def, c);
                    System.out.println(def.entry() + " " + c.name());
                }
            }
        }
        System.out.println("closed");
    }
}
