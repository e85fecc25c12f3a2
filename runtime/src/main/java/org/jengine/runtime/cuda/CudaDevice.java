package org.jengine.runtime.cuda;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jengine.kernels.KernelDef;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceMemory;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Event;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.OutOfDeviceMemory;
import org.jengine.runtime.Stream;
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
    private final Tiers tiers;
    /** Searches for the quickest, and one that does not: what it takes hangs on the sizes alone. */
    private final Tuner tuner;
    private final Tuner steady;
    private final Resources resources;
    private final ThreadLocal<Capture> capture = new ThreadLocal<>();
    private long allocated;
    private Blas blas;
    private DnnSession dnn;
    private final DnnShelf shelf;

    private CudaDevice(Cu cu, Facts facts, Tiers tiers, DeviceRequest request, Function<Device, Tuner> tuner, Path cache) {
        this.cu = cu;
        this.facts = facts;
        this.tiers = tiers;
        debug = request.debug();
        info = facts.info(tiers);
        resources = new Resources(info.id(), debug, LOG);
        stream = cu.stream("the device's own");
        modules = new Modules(cu, facts);
        this.tuner = tuner.apply(this);
        steady = new Tuner(this, null, false);
        shelf = new DnnShelf(cache, info);
    }

    /**
     * Takes hold of a device.
     *
     * @param tuner makes the tuner of the opened device
     * @param cache folder for what is found out about it; null to keep nothing
     * @throws DeviceUnavailable if another process has the device for itself, or there is no memory left for a context
     */
    static CudaDevice open(Cu.Device device, Facts facts, Tiers tiers, DeviceRequest request, Function<Device, Tuner> tuner,
                           Path cache) {
        Cu cu;
        try {
            cu = new Cu(device);
        } catch (OutOfDeviceMemory e) {
            throw new DeviceUnavailable(facts + " has no memory left for a context" + users(facts) + ".\n" + e.getMessage(), e);
        } catch (Cu.Failure e) {
            throw new DeviceUnavailable(facts + (e.isBusy() ? " is in use by another process, or none may use it (its compute mode)"
                    : " cannot be opened") + users(facts) + ".\n" + e.getMessage(), e);
        }
        try {
            return new CudaDevice(cu, facts, tiers, request, tuner, cache);
        } catch (RuntimeException e) {
            cu.close();
            throw e;
        }
    }

    /** Who else is on the GPU, or where to look. */
    private static String users(Facts facts) {
        List<String> users = facts.users().orElse(List.of());
        return users.isEmpty() ? "; nvidia-smi shows who uses it" : "; it is used by " + String.join(", ", users);
    }

    @Override
    public DeviceInfo info() {
        return info;
    }

    /** Kernels store bfloat16 and compute in float, so every device has it. */
    @Override
    public Set<Capability> capabilities() {
        Set<Capability> capabilities = EnumSet.of(Capability.BF16, Capability.GRAPHS, Capability.LAST_BLOCK);
        if (facts.hasTf32()) {
            capabilities.add(Capability.TF32);
        }
        return capabilities;
    }

    @Override
    public Arena arena(String name) {
        return own(new CudaArena(this, name, debug), "arena " + name);
    }

    @Override
    public synchronized HostBuffer pinned(String name, long bytes) {
        requireOpen();
        return own(new CudaBuffer(this, name, bytes), "host buffer " + name);
    }

    @Override
    public synchronized Stream stream(String name) {
        requireOpen();
        return own(new CudaStream(this, name, sync), "stream " + name);
    }

    @Override
    public synchronized Event event() {
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
        return new CudaLibrary(this, scratch, numerics, numerics.deterministic() ? steady : tuner);
    }

    @Override
    public synchronized DeviceMemory memory() {
        requireOpen();
        long free = cu.freeMemory();
        return new DeviceMemory(free, free, facts.users().orElse(List.of()));
    }

    @Override
    public synchronized long allocatedBytes() {
        return allocated;
    }

    /** The newest PTX that the driver takes; empty if it does not say. */
    String acceptedPtx() {
        requireOpen();
        return modules.accepted();
    }

    Facts facts() {
        return facts;
    }

    Tiers tiers() {
        return tiers;
    }

    /** The handle of cuBLAS, made when it is asked for first: it takes memory and time. */
    synchronized Blas blas() {
        if (blas == null) {
            requireOpen();
            blas = resources.keep(new Blas(cu, info.id()));
        }
        return blas;
    }

    /** cuDNN, started when it is asked for first. */
    synchronized DnnSession dnn() {
        if (dnn == null) {
            requireOpen();
            dnn = resources.keep(new DnnSession(cu, Path.of(tiers.cudnn().path()), info.id()));
        }
        return dnn;
    }

    /** Plans that cuDNN compiled for this device before. */
    DnnShelf shelf() {
        return shelf;
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
        } catch (OutOfDeviceMemory e) {
            throw outOfMemory(what, bytes, e);
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

    private OutOfDeviceMemory outOfMemory(String what, long bytes, OutOfDeviceMemory refusal) {
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
        resources.close(this::closeFoundations);
    }

    /** Not while another thread makes something: the driver must not see a context that ends under a call. */
    private synchronized void closeFoundations() {
        try {
            modules.close();
            cu.release(stream);
        } finally {
            cu.close();
        }
    }
}
