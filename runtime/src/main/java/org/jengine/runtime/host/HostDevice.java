package org.jengine.runtime.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jengine.kernels.KernelDef;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Event;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Library;
import org.jengine.runtime.OutOfDeviceMemory;
import org.jengine.runtime.Stream;

/** An opened host device. */
final class HostDevice implements Device {
    private static final System.Logger LOG = System.getLogger(HostDevice.class.getName());

    private final boolean debug;
    private final DeviceInfo info;
    private final Dnnl dnnl;
    private final Lanes lanes;
    private final AtomicLong allocated = new AtomicLong();
    private final Deque<Resource> open = new ArrayDeque<>();
    private final ThreadLocal<List<Op>> recording = new ThreadLocal<>();
    private volatile boolean closed;

    /** Something this device owns, with the place it was made at in debug mode. */
    private record Resource(AutoCloseable object, String name, Throwable origin) {
    }

    HostDevice(DeviceRequest request) {
        debug = request.debug();
        int threads = request.threads() == 0 ? Runtime.getRuntime().availableProcessors() : request.threads();
        dnnl = new Dnnl();
        lanes = new Lanes(threads, dnnl);
        info = HostBackend.info(threads);
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

    @Override
    public Library library() {
        requireOpen();
        return new HostLibrary(this);
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
        if (closed) {
            throw new IllegalStateException("device " + info.id() + " is closed");
        }
    }

    HostGraph build(String name, List<Op> ops) {
        return own(new GraphBuilder(this, name).build(ops), "graph " + name);
    }

    <T extends AutoCloseable> T own(T object, String name) {
        requireOpen();
        synchronized (open) {
            open.push(new Resource(object, name, debug ? new Throwable("made here") : null));
        }
        return object;
    }

    void forget(AutoCloseable object) {
        synchronized (open) {
            open.removeIf(r -> r.object == object);
        }
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

    /** Records what this thread queues on any stream of this device; the order it is queued in is an order that events allow. */
    List<Op> record(Runnable work) {
        if (recording.get() != null) {
            throw new IllegalStateException("this thread is recording a graph already");
        }
        List<Op> ops = new ArrayList<>();
        recording.set(ops);
        try {
            work.run();
        } finally {
            recording.remove();
        }
        return ops;
    }

    /** The list this thread records into, or null. */
    List<Op> recording() {
        return recording.get();
    }

    /** Waits for all streams, as before memory is freed. */
    void drain() {
        for (Resource r : resources()) {
            if (r.object instanceof HostStream s) {
                s.finishQueued();
            }
        }
    }

    private List<Resource> resources() {
        synchronized (open) {
            return List.copyOf(open);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        RuntimeException first = null;
        // Streams first: what is queued may use anything else.
        for (boolean streams : new boolean[] {true, false}) {
            for (Resource r : resources()) {
                if (r.object instanceof HostStream == streams) {
                    if (!(r.object instanceof HostGraph g && g.isInternal())) {
                        LOG.log(System.Logger.Level.WARNING, "leak: " + r.name + " was still open when device host was closed", r.origin);
                    }
                    first = close(r, first);
                }
            }
        }
        closed = true;
        lanes.close();
        dnnl.close();
        if (first != null) {
            throw first;
        }
    }

    private static RuntimeException close(Resource r, RuntimeException first) {
        try {
            r.object.close();
        } catch (Exception e) {
            RuntimeException now = e instanceof RuntimeException x ? x : new IllegalStateException(e);
            if (first == null) {
                return now;
            }
            first.addSuppressed(now);
        }
        return first;
    }
}
