package org.jengine.runtime.host;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jengine.kernels.KernelDef;
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
import org.jengine.runtime.spi.Recorder;
import org.jengine.runtime.spi.Resources;

/** An opened host device. */
final class HostDevice implements Device {
    private static final System.Logger LOG = System.getLogger(HostDevice.class.getName());

    private final boolean debug;
    private final DeviceInfo info;
    private final Dnnl dnnl;
    private final Lanes lanes;
    private final AtomicLong allocated = new AtomicLong();
    private final Recorder<Op> recorder = new Recorder<>();
    private final Resources resources;

    HostDevice(DeviceRequest request) {
        debug = request.debug();
        int threads = request.threads() == 0 ? Runtime.getRuntime().availableProcessors() : request.threads();
        dnnl = new Dnnl();
        lanes = new Lanes(threads, dnnl);
        info = HostBackend.info(threads);
        resources = new Resources(info.id(), debug, LOG);
    }

    @Override
    public DeviceInfo info() {
        return info;
    }

    @Override
    public Set<Capability> capabilities() {
        return Dnnl.hasBf16() ? EnumSet.of(Capability.BF16) : EnumSet.noneOf(Capability.class);
    }

    @Override
    public Arena arena(String name) {
        return own(new HostArena(this, name, debug), "arena " + name);
    }

    @Override
    public HostBuffer pinned(String name, long bytes) {
        requireOpen();
        return own(new PinnedBuffer(this, name, bytes), "host buffer " + name);
    }

    @Override
    public Stream stream(String name) {
        requireOpen();
        return own(new HostStream(this, name), "stream " + name);
    }

    @Override
    public Event event() {
        return own(new HostEvent(this), "event");
    }

    @Override
    public Kernel kernel(KernelDef def) {
        requireOpen();
        return HostKernels.of(this, def);
    }

    /** Graphs have scratch memory of their own here, one for each lane. */
    @Override
    public Library library(Arena scratch, Numerics numerics) {
        requireOpen();
        return new HostLibrary(this);
    }

    @Override
    public DeviceMemory memory() {
        long left = HostMemory.available();
        return new DeviceMemory(left, left, List.of());
    }

    @Override
    public long allocatedBytes() {
        return allocated.get();
    }

    Dnnl dnnl() {
        return dnnl;
    }

    Lanes lanes() {
        return lanes;
    }

    boolean debug() {
        return debug;
    }

    void requireOpen() {
        resources.requireOpen();
    }

    HostGraph build(String name, List<Op> ops) {
        return own(new GraphBuilder(this, name).build(ops), "graph " + name);
    }

    /** Builds a graph that serves a single launch outside any recording, and lives as long as the device. */
    HostGraph buildAlone(String name, List<Op> ops) {
        return resources.keep(new GraphBuilder(this, name).build(ops));
    }

    private <T extends AutoCloseable> T own(T object, String name) {
        return resources.own(object, name);
    }

    void forget(AutoCloseable object) {
        resources.forget(object);
    }

    void allocated(long bytes) {
        allocated.addAndGet(bytes);
    }

    void checkMemory(String what, long bytes) {
        long left = HostMemory.available();
        if (left >= 0 && bytes > left) {
            throw outOfMemory(what, bytes);
        }
    }

    OutOfDeviceMemory outOfMemory(String what, long bytes) {
        long left = HostMemory.available();
        String why = left < 0 ? "which the system refused" : left / 1_000_000 + " MB are left";
        return new OutOfDeviceMemory(what + " asked for " + bytes / 1_000_000 + " MB on host, " + why + "; a smaller batch needs less",
                bytes, left);
    }

    Recorder<Op> recorder() {
        return recorder;
    }

    /** Waits for all streams, as before memory is freed. */
    void drain() {
        resources.all(HostStream.class).forEach(HostStream::finishQueued);
    }

    @Override
    public void close() {
        resources.close(() -> {
            lanes.close();
            dnnl.close();
        });
    }
}
