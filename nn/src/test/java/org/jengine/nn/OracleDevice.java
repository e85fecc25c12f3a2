package org.jengine.nn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.kernels.Args;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
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

/**
 * A device that computes with the references of the kernels and the oracles of the library operations, in bfloat16 too, at once and
 * slowly. It checks what the types of the interfaces leave open: element types, sizes, alignment, the order of seal and use.
 */
final class OracleDevice implements Device {
    private final List<Memory> arenas = new ArrayList<>();
    /** Objects made, waits for work and launches of graphs so far. */
    private int made;
    private int waits;
    private int launches;
    /** The work of the graph that is recorded, of all streams in the order in which it came; or null. */
    private List<Runnable> recording;

    @Override
    public DeviceInfo info() {
        return new DeviceInfo("oracle", "references in double precision", 0, Map.of());
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Arena arena(String name) {
        made++;
        Memory memory = new Memory(name);
        arenas.add(memory);
        return memory;
    }

    @Override
    public HostBuffer pinned(String name, long bytes) {
        made++;
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes));
        return new HostBuffer() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public ByteBuffer bytes() {
                return buffer.duplicate().order(ByteOrder.nativeOrder()).clear();
            }

            @Override
            public void close() {
            }
        };
    }

    @Override
    public Stream stream(String name) {
        made++;
        return new Queue(this, name);
    }

    @Override
    public Event event() {
        made++;
        return new Event() {
            @Override
            public boolean done() {
                return true;
            }

            @Override
            public void synchronize() {
                waits++;
            }

            @Override
            public double secondsSince(Event earlier) {
                return 0;
            }

            @Override
            public void close() {
            }
        };
    }

    @Override
    public Kernel kernel(KernelDef def) {
        return arguments -> {
            List<Param> params = def.params();
            if (arguments.length != params.size()) {
                throw new IllegalArgumentException(def.entry() + " takes " + params + ", got " + Arrays.toString(arguments));
            }
            return launch(() -> {
                Args.Builder args = Args.of(def);
                for (int i = 0; i < arguments.length; i++) {
                    String name = params.get(i).name();
                    if (arguments[i] instanceof Slice s) {
                        args.data(name, View.of(s).load());
                    } else if (params.get(i).role() == Param.Role.SIZE) {
                        args.size(name, (Integer) arguments[i]);
                    } else {
                        args.scalar(name, (Float) arguments[i]);
                    }
                }
                Args built = args.build();
                def.reference(built);
                for (int i = 0; i < arguments.length; i++) {
                    if (params.get(i).role().isWritten()) {
                        View.of((Slice) arguments[i]).store(built.data(params.get(i).name()));
                    }
                }
            });
        };
    }

    @Override
    public Library library(Arena scratch, Numerics numerics) {
        return new OracleLibrary();
    }

    @Override
    public long allocatedBytes() {
        return arenas.stream().mapToLong(a -> a.memory == null ? 0 : a.bytes()).sum();
    }

    @Override
    public void close() {
    }

    int made() {
        return made;
    }

    int waits() {
        return waits;
    }

    int launches() {
        return launches;
    }

    /** Work on a stream: done now, or kept while the stream records. */
    static Launch launch(Runnable work) {
        return stream -> ((Queue) stream).run(work);
    }

    private static final class Memory implements Arena {
        private final String name;
        private long bytes;
        private ByteBuffer memory;

        private Memory(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Slice take(String slice, Shape shape, DType type) {
            if (memory != null) {
                throw new IllegalStateException(name + " is sealed");
            }
            View view = new View(this, Math.toIntExact(bytes), slice, shape, type);
            bytes += (view.bytes() + Slice.ALIGNMENT - 1) / Slice.ALIGNMENT * Slice.ALIGNMENT;
            return view;
        }

        @Override
        public Slice temporary(String slice, Shape shape, DType type) {
            return take(slice, shape, type);
        }

        @Override
        public void seal() {
            byte[] poison = new byte[Math.toIntExact(bytes)];
            Arrays.fill(poison, (byte) 0xff);
            memory = ByteBuffer.wrap(poison).order(ByteOrder.nativeOrder());
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            memory = null;
        }
    }

    /** A slice. */
    record View(Memory arena, int offset, String name, Shape shape, DType type) implements Slice {
        static View of(Slice slice) {
            return (View) slice;
        }

        @Override
        public Slice part(String part, long first, Shape of) {
            if (first < 0 || first + of.count() > count() || first * type.bytes() % ALIGNMENT != 0) {
                throw new IllegalArgumentException(part + " at " + first + " of " + of + " is no part of " + name + " " + shape);
            }
            return new View(arena, Math.toIntExact(offset + first * type.bytes()), part, of, type);
        }

        private ByteBuffer bytes0() {
            if (arena.memory == null) {
                throw new IllegalStateException(name + " is used before the seal of " + arena.name + " or after its close");
            }
            return arena.memory.slice(offset, Math.toIntExact(bytes())).order(ByteOrder.nativeOrder());
        }

        Data load() {
            Data data = Data.of(type, Math.toIntExact(count()));
            data.bytes().put(bytes0());
            return data;
        }

        void store(Data data) {
            bytes0().put(data.bytes());
        }
    }

    private static final class Queue implements Stream {
        private final OracleDevice device;
        private final String name;

        private Queue(OracleDevice device, String name) {
            this.device = device;
            this.name = name;
        }

        private void run(Runnable work) {
            if (device.recording != null) {
                device.recording.add(work);
            } else {
                work.run();
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void copyIn(Slice d, HostBuffer s) {
            run(() -> View.of(d).bytes0().put(s.bytes()));
        }

        @Override
        public void copyOut(HostBuffer d, Slice s) {
            run(() -> d.bytes().put(View.of(s).bytes0()));
        }

        @Override
        public void fill(Slice d, int v) {
            byte[] bytes = new byte[Math.toIntExact(d.bytes())];
            Arrays.fill(bytes, (byte) v);
            run(() -> View.of(d).bytes0().put(bytes));
        }

        @Override
        public void record(Event e) {
        }

        @Override
        public void await(Event e) {
        }

        @Override
        public void synchronize() {
            device.waits++;
        }

        @Override
        public Graph capture(String graph, Runnable work) {
            device.made++;
            List<Runnable> steps = new ArrayList<>();
            device.recording = steps;
            work.run();
            device.recording = null;
            return new Graph() {
                @Override
                public String name() {
                    return graph;
                }

                @Override
                public void launch(Stream stream) {
                    device.launches++;
                    steps.forEach(Runnable::run);
                }

                @Override
                public int nodes() {
                    return steps.size();
                }

                @Override
                public long scratchBytes() {
                    return 0;
                }

                @Override
                public void close() {
                }
            };
        }

        @Override
        public void close() {
        }
    }
}
