package org.jengine.runtime.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.jengine.runtime.spi.ArenaBase;
import org.jengine.runtime.spi.SliceBase;

/** A GPU on paper: it lays out memory and asks cuDNN's planner for its operations, and does nothing at all. */
final class PaperDevice implements Device {
    private static final String ID = "paper";
    private static final Launch NOTHING = stream -> { };

    private final PlanCheck check;

    PaperDevice(PlanCheck check) {
        this.check = check;
    }

    @Override
    public DeviceInfo info() {
        return new DeviceInfo(ID, "a GPU on paper", 0, Map.of());
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.BF16, Capability.TF32);
    }

    @Override
    public Arena arena(String name) {
        return new PaperArena(name);
    }

    @Override
    public HostBuffer pinned(String name, long bytes) {
        return new PaperBuffer(name, ByteBuffer.allocate(Math.toIntExact(bytes)));
    }

    @Override
    public Stream stream(String name) {
        return new PaperStream(name);
    }

    @Override
    public Event event() {
        return new PaperEvent();
    }

    @Override
    public Kernel kernel(KernelDef def) {
        return args -> NOTHING;
    }

    @Override
    public Library library(Arena scratch, Numerics numerics) {
        return new PaperLibrary(check, numerics);
    }

    @Override
    public long allocatedBytes() {
        return 0;
    }

    @Override
    public void close() {
        // It holds nothing.
    }

    private static final class PaperSlice extends SliceBase {
        PaperSlice(long offset, String name, Shape shape, DType type) {
            super(offset, name, shape, type);
        }

        @Override
        public Slice part(String part, long first, Shape shape) {
            return new PaperSlice(offsetOf(part, first, shape), part, shape, type());
        }
    }

    private static final class PaperArena extends ArenaBase<PaperSlice> {
        PaperArena(String name) {
            super(ID, name, false);
        }

        @Override
        protected PaperSlice slice(long offset, String name, Shape shape, DType type, boolean temporary) {
            return new PaperSlice(offset, name, shape, type);
        }

        @Override
        protected void allocate(long size, byte fill) {
            // There is no memory.
        }

        @Override
        protected void set(long offset, long length, byte value) {
            // There is no memory.
        }

        @Override
        protected void get(long offset, byte[] to, int length) {
            // There is no memory.
        }

        @Override
        protected void drain() {
            // Nothing is queued.
        }

        @Override
        protected void free() {
            // There is no memory.
        }
    }

    private record PaperBuffer(String name, ByteBuffer memory) implements HostBuffer {
        @Override
        public ByteBuffer bytes() {
            return memory.duplicate().order(ByteOrder.nativeOrder()).clear();
        }

        @Override
        public void close() {
            // The collector frees it.
        }
    }

    private record PaperEvent() implements Event {
        @Override
        public boolean done() {
            return true;
        }

        @Override
        public void synchronize() {
            // Nothing is queued.
        }

        @Override
        public double secondsSince(Event earlier) {
            return 0;
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private record PaperGraph(String name) implements Graph {
        @Override
        public void launch(Stream stream) {
            // There is nothing in it.
        }

        @Override
        public int nodes() {
            return 0;
        }

        @Override
        public long scratchBytes() {
            return 0;
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private record PaperStream(String name) implements Stream {
        @Override
        public void copyIn(Slice d, HostBuffer s) {
            // Nothing is done.
        }

        @Override
        public void copyOut(HostBuffer d, Slice s) {
            // Nothing is done.
        }

        @Override
        public void fill(Slice d, int v) {
            // Nothing is done.
        }

        @Override
        public void record(Event e) {
            // Nothing is done.
        }

        @Override
        public void await(Event e) {
            // Nothing is done.
        }

        @Override
        public void synchronize() {
            // Nothing is done.
        }

        @Override
        public Graph capture(String graph, Runnable work) {
            work.run();
            return new PaperGraph(graph);
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }
}
