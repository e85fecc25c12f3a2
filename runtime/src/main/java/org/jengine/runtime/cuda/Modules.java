package org.jengine.runtime.cuda;

import java.util.HashMap;
import java.util.Map;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Ptx;
import org.jengine.kernels.Target;
import org.jengine.runtime.DeviceUnavailable;

/**
 * The PTX files of a device, each translated once, at the first use of one of its kernels; the driver keeps what it made of them for the
 * next run.
 */
final class Modules implements AutoCloseable {
    private final Cu cu;
    private final Facts facts;
    private final Map<String, Cu.Module> modules = new HashMap<>();
    private final Map<String, Loaded> kernels = new HashMap<>();

    /** A kernel that can be launched, with the target that its launch shape is for and the threads that its blocks may have. */
    record Loaded(Cu.Function function, Target target, int threadLimit) {
    }

    Modules(Cu cu, Facts facts) {
        this.cu = cu;
        this.facts = facts;
    }

    /** @throws DeviceUnavailable if the driver is too old for the PTX */
    synchronized Loaded of(KernelDef def) {
        Loaded known = kernels.get(def.entry());
        if (known == null) {
            // Asked before the module is there, since a kernel for OpenCL alone may share its file with others.
            Ptx ptx = Ptx.of(def, facts.capability());
            Cu.Module module = modules.computeIfAbsent(ptx.name(), name -> load(ptx));
            Cu.Function function = cu.function(module, def.entry());
            known = new Loaded(function, ptx.target(), cu.threadLimit(function));
            kernels.put(def.entry(), known);
        }
        return known;
    }

    private Cu.Module load(Ptx ptx) {
        try {
            return cu.module(ptx.name(), ptx.text());
        } catch (Cu.Failure e) {
            if (!e.isOldDriver()) {
                throw e;
            }
            String version = ptx.text().lines().filter(l -> l.startsWith(".version ")).findFirst().orElse("");
            throw new DeviceUnavailable("the driver of " + facts + " speaks CUDA " + facts.driver() + " and does not take "
                    + ptx.name() + " (" + version + "); update the driver, or use another device.\n" + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        modules.values().forEach(cu::release);
        modules.clear();
        kernels.clear();
    }
}
