package org.jengine.runtime.cuda;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jengine.kernels.KernelDef;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
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
import org.jengine.runtime.spi.Resources;

/** An opened GPU. */
final class CudaDevice implements Device {
    /** A system property: if it is true, the host waits for every launch, so that a fault is told by the launch that made it. */
    static final String SYNC = "jengine.cuda.sync";

    private static final System.Logger LOG = System.getLogger(CudaDevice.class.getName());

    private final boolean debug;
    private final boolean sync = Boolean.getBoolean(SYNC);
    private final Facts facts;
    private final DeviceInfo info;
    private final Cu cu;
    private final Cu.Stream stream;
    private final Modules modules;
    private final Tuner tuner;
    private final Resources resources;
    private final ThreadLocal<Capture> capture = new ThreadLocal<>();
    private long allocated;

    private CudaDevice(Cu cu, Facts facts, DeviceRequest request, Function<Device, Tuner> tuner) {
        this.cu = cu;
        this.facts = facts;
        debug = request.debug();
        info = facts.info();
        resources = new Resources(info.id(), debug, LOG);
        stream = cu.stream("the device's own");
        modules = new Modules(cu, facts);
        this.tuner = tuner.apply(this);
    }

    /**
     * Takes hold of a device.
     *
     * @param tuner makes the tuner of the opened device
     * @throws DeviceUnavailable if another process has the device for itself, or there is no memory left for a context
     */
    static CudaDevice open(Cu.Device device, Facts facts, DeviceRequest request, Function<Device, Tuner> tuner) {
        Cu cu;
        try {
            cu = new Cu(device);
        } catch (Cu.Failure e) {
            throw new DeviceUnavailable(facts + (e.isBusy() ? " is in use by another process, or none may use it (its compute mode)"
                    : e.isOutOfMemory() ? " has no memory left: other processes hold it" : " cannot be opened")
                    + "; nvidia-smi shows which.\n" + e.getMessage(), e);
        }
        try {
            return new CudaDevice(cu, facts, request, tuner);
        } catch (RuntimeException e) {
            cu.close();
            throw e;
        }
    }

    @Override
    public DeviceInfo info() {
        return info;
    }

    /** Kernels store bfloat16 and compute in float, so every device has it. */
    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.BF16, Capability.LAST_BLOCK);
    }

    @Override
    public Arena arena(String name) {
        return own(new CudaArena(this, name, debug), "arena " + name);
    }

    @Override
    public HostBuffer pinned(String name, long bytes) {
        requireOpen();
        return own(new CudaBuffer(this, name, bytes), "host buffer " + name);
    }

    @Override
    public Stream stream(String name) {
        requireOpen();
        return own(new CudaStream(this, name, sync), "stream " + name);
    }

    @Override
    public Event event() {
        requireOpen();
        return own(new CudaEvent(this), "event");
    }

    @Override
    public Kernel kernel(KernelDef def) {
        requireOpen();
        Modules.Loaded loaded = modules.of(def);
        return args -> {
            requireOpen();
            return new CudaLaunch(this, loaded, new BoundArgs<>(def, loaded.target(), s -> CudaSlice.of(s, this), args));
        };
    }

    @Override
    public Library library(Arena scratch, Numerics numerics) {
        requireOpen();
        return new PortableLibrary(this, scratch, tuner);
    }

    @Override
    public synchronized long allocatedBytes() {
        return allocated;
    }

    Facts facts() {
        return facts;
    }

    Cu cu() {
        return cu;
    }

    /** For the device's own short work; whoever uses it waits for it. */
    Cu.Stream own() {
        return stream;
    }

    Resources resources() {
        return resources;
    }

    /** What this thread records, or null. */
    Capture capture() {
        return capture.get();
    }

    /** @param c null at the end */
    void capturing(Capture c) {
        if (c == null) {
            capture.remove();
        } else {
            capture.set(c);
        }
    }

    void requireOpen() {
        resources.requireOpen();
    }

    <T extends AutoCloseable> T own(T object, String name) {
        return resources.own(object, name);
    }

    /**
     * Makes memory and fills it.
     *
     * @throws OutOfDeviceMemory if there is not enough of it
     */
    synchronized Cu.Memory allocate(String what, long bytes, Consumer<Cu.Memory> fill) {
        Cu.Memory memory;
        try {
            memory = cu.allocate(what, bytes);
        } catch (Cu.Failure e) {
            throw e.isOutOfMemory() ? outOfMemory(what, bytes, e) : e;
        }
        try {
            fill.accept(memory);
        } catch (RuntimeException e) {
            cu.free(memory);
            throw e;
        }
        allocated += bytes;
        return memory;
    }

    private OutOfDeviceMemory outOfMemory(String what, long bytes, Cu.Failure refusal) {
        long free = cu.freeMemory();
        OutOfDeviceMemory e = new OutOfDeviceMemory(what + " asked for " + bytes / 1_000_000 + " MB on " + info.id() + ", of whose "
                + facts.memory() / 1_000_000 + " MB " + free / 1_000_000 + " MB are free and " + allocated / 1_000_000
                + " MB are this program's; a smaller batch needs less", bytes, free);
        e.initCause(refusal);
        return e;
    }

    /** Frees memory of {@link #allocate}. */
    synchronized void free(Cu.Memory memory, long bytes) {
        allocated -= bytes;
        cu.free(memory);
    }

    /** Waits for all streams, as before memory is freed. */
    void drain() {
        resources.all(CudaStream.class).forEach(CudaStream::finishQueued);
    }

    @Override
    public void close() {
        resources.close(() -> {
            try {
                modules.close();
                cu.release(stream);
            } finally {
                cu.close();
            }
        });
    }
}
