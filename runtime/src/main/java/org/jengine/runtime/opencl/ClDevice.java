package org.jengine.runtime.opencl;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.KernelSource;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceMemory;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Event;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.OutOfDeviceMemory;
import org.jengine.runtime.Stream;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;
import org.jengine.runtime.spi.BoundArgs;
import org.jengine.runtime.spi.Recorder;
import org.jengine.runtime.spi.Resources;

/** An opened OpenCL device. */
final class ClDevice implements Device {
    private static final System.Logger LOG = System.getLogger(ClDevice.class.getName());

    private final boolean debug;
    private final Facts facts;
    private final DeviceInfo info;
    private final Cl.Device subDevice;
    private final Cl cl;
    private final Cl.Queue queue;
    private final Programs programs;
    private final Tuner tuner;
    private final Resources resources;
    private final Recorder<Command> recorder = new Recorder<>();
    private long allocated;

    /** @param subDevice what is to be released when the device is closed; null for a whole device */
    ClDevice(Cl.Device device, Facts facts, Cl.Device subDevice, DeviceRequest request, Path cache) {
        debug = request.debug();
        this.facts = facts;
        this.subDevice = subDevice;
        info = facts.info(request.threads());
        resources = new Resources(info.id(), debug, LOG);
        cl = new Cl(device);
        try {
            queue = cl.queue("the device's own");
        } catch (RuntimeException e) {
            cl.close();
            throw e;
        }
        programs = new Programs(cl, facts, cache);
        tuner = new Tuner(this, cache);
    }

    @Override
    public DeviceInfo info() {
        return info;
    }

    /** Kernels store bfloat16 and compute in float, so every device has it. */
    @Override
    public Set<Capability> capabilities() {
        return facts.isCpu() ? EnumSet.of(Capability.BF16, Capability.CPU) : EnumSet.of(Capability.BF16);
    }

    @Override
    public Arena arena(String name) {
        return own(new ClArena(this, name, debug), "arena " + name);
    }

    @Override
    public HostBuffer pinned(String name, long bytes) {
        requireOpen();
        return own(new ClBuffer(this, name, bytes), "host buffer " + name);
    }

    @Override
    public Stream stream(String name) {
        requireOpen();
        return own(new ClStream(this, name), "stream " + name);
    }

    @Override
    public Event event() {
        return own(new ClEvent(this), "event");
    }

    @Override
    public Kernel kernel(KernelDef def) {
        requireOpen();
        Cl.Program program = programs.of(KernelSource.of(def));
        return args -> {
            requireOpen();
            return new ClLaunch(this, program, new BoundArgs<>(def, s -> ClSlice.of(s, this), args));
        };
    }

    @Override
    public Library library(Arena scratch, Numerics numerics) {
        requireOpen();
        return new PortableLibrary(this, scratch, tuner, numerics);
    }

    @Override
    public synchronized DeviceMemory memory() {
        return new DeviceMemory(facts.memory() - allocated, facts.largestBuffer(), List.of());
    }

    @Override
    public synchronized long allocatedBytes() {
        return allocated;
    }

    Facts facts() {
        return facts;
    }

    Cl cl() {
        return cl;
    }

    /** For the device's own short work; whoever uses it waits for it. */
    Cl.Queue queue() {
        return queue;
    }

    Resources resources() {
        return resources;
    }

    Recorder<Command> recorder() {
        return recorder;
    }

    void requireOpen() {
        resources.requireOpen();
    }

    <T extends AutoCloseable> T own(T object, String name) {
        return resources.own(object, name);
    }

    /**
     * Makes a buffer and fills it. Drivers promise more memory than there is, so what this object holds is counted here.
     *
     * @throws OutOfDeviceMemory if there is not enough of it
     */
    synchronized Cl.Memory allocate(String what, long bytes, Consumer<Cl.Memory> fill) {
        long left = facts.memory() - allocated;
        if (bytes > Math.min(left, facts.largestBuffer())) {
            throw outOfMemory(what, bytes, left, null);
        }
        Cl.Memory memory;
        try {
            memory = cl.buffer(what, bytes);
            fillOrRelease(memory, fill);
        } catch (Cl.Failure e) {
            throw e.isOutOfMemory() ? outOfMemory(what, bytes, left, e) : e;
        }
        allocated += bytes;
        return memory;
    }

    private void fillOrRelease(Cl.Memory memory, Consumer<Cl.Memory> fill) {
        try {
            fill.accept(memory);
        } catch (RuntimeException e) {
            cl.release(memory);
            throw e;
        }
    }

    private OutOfDeviceMemory outOfMemory(String what, long bytes, long left, Cl.Failure refusal) {
        String why = refusal != null ? "which it refused: " + refusal.getMessage()
                : bytes > left ? left / 1_000_000 + " MB are left" : "and a buffer may have " + facts.largestBuffer() / 1_000_000 + " MB";
        OutOfDeviceMemory e = new OutOfDeviceMemory(what + " asked for " + bytes / 1_000_000 + " MB on " + info.id() + ", " + why
                + "; a smaller batch needs less", bytes, Math.min(left, facts.largestBuffer()));
        e.initCause(refusal);
        return e;
    }

    /** Frees a buffer of {@link #allocate}. */
    synchronized void free(Cl.Memory memory, long bytes) {
        allocated -= bytes;
        cl.release(memory);
    }

    /** Waits for all streams, as before memory is freed. */
    void drain() {
        resources.all(ClStream.class).forEach(ClStream::finishQueued);
    }

    @Override
    public void close() {
        resources.close(() -> {
            programs.close();
            cl.release(queue);
            cl.close();
            if (subDevice != null) {
                Cl.release(subDevice);
            }
        });
    }
}
