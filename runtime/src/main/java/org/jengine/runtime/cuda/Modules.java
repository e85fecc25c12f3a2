package org.jengine.runtime.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Ptx;
import org.jengine.kernels.Target;
import org.jengine.runtime.DeviceUnavailable;

/**
 * The PTX files of a device, each translated once, at the first use of one of its kernels; the driver keeps what it made of them for the
 * next run.
 */
final class Modules implements AutoCloseable {
    /** The version that a file of PTX is written in. */
    static final Pattern WRITTEN = Pattern.compile("(?m)^\\s*\\.version\\s+([0-9.]+)");
    /** The newest that the translator knows, in its own words: {@code Unsupported .version 9.0; current version is '8.5'}. */
    private static final Pattern ACCEPTED = Pattern.compile("current version is '([0-9.]+)'");

    private final Cu cu;
    private final Facts facts;
    private final Map<String, Cu.Module> modules = new HashMap<>();
    private final Map<String, Loaded> kernels = new HashMap<>();
    private boolean closed;

    /** A kernel that can be launched, with the target that its launch shape is for and the threads that its blocks may have. */
    record Loaded(Cu.Function function, Target target, int threadLimit) {
    }

    Modules(Cu cu, Facts facts) {
        this.cu = cu;
        this.facts = facts;
    }

    /** @throws DeviceUnavailable if the driver is too old for the PTX */
    synchronized Loaded of(KernelDef def) {
        if (closed) {
            throw new IllegalStateException("device " + facts.id() + " is closed");
        }
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
            Matcher file = WRITTEN.matcher(ptx.text());
            Matcher driver = ACCEPTED.matcher(e.getMessage());
            throw new DeviceUnavailable("the driver of " + facts + " speaks CUDA " + facts.driver() + " and accepts PTX "
                    + (driver.find() ? "<= " + driver.group(1) : "of its own time only") + ", " + ptx.name() + " has "
                    + (file.find() ? file.group(1) : "no version")
                    + ".\nUpdate the driver, or use another device (--device opencl, host).\n" + e.getMessage(), e);
        }
    }

    /** The newest PTX that the driver takes, as its translator says when it is given what no driver takes; empty if it does not say. */
    String accepted() {
        try {
            cu.release(cu.module("a question", ".version 99.9\n.target sm_75\n.address_size 64\n"));
            return "";
        } catch (Cu.Failure e) {
            Matcher driver = ACCEPTED.matcher(e.getMessage());
            return driver.find() ? driver.group(1) : "";
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        modules.values().forEach(cu::release);
        modules.clear();
        kernels.clear();
    }
}
