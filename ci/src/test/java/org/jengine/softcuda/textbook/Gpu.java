package org.jengine.softcuda.textbook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.check.Checker;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.CheckedView;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.ptx.PtxModule;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.LoadedModule;
import org.jengine.softcuda.simt.Machine;
import org.jengine.softcuda.simt.MachineLimits;
import org.jengine.softcuda.work.Turn;

/** A device without a driver: buffers, launches one after another, and what the checker said. */
final class Gpu {
    private final AddressSpace space = new AddressSpace();
    private final List<Report> told = new ArrayList<>();
    private final Reports reports = new Reports(told::add);
    private final View view = new CheckedView(space, reports);
    private final Checker checker = new Checker(space, reports);
    private final Machine machine = new Machine(space, new MachineLimits(8, 1 << 16), 3, System.out::print);
    private int turns;

    /** A buffer that nobody has written. */
    long buffer(long bytes) {
        return space.allocate(Allocation.Kind.DEVICE, bytes, "buffer of " + bytes + " bytes").base();
    }

    long upload(byte[] data) {
        long address = buffer(data.length);
        view.writeBytes(turn("upload"), address, data);
        return address;
    }

    long upload(float... data) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(data);
        return upload(bytes.array());
    }

    long upload(int... data) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(data);
        return upload(bytes.array());
    }

    float[] floats(long address, int count) {
        float[] data = new float[count];
        ByteBuffer.wrap(view.readBytes(turn("download"), address, 4L * count)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(data);
        return data;
    }

    int[] ints(long address, int count) {
        int[] data = new int[count];
        ByteBuffer.wrap(view.readBytes(turn("download"), address, 4L * count)).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(data);
        return data;
    }

    /** The module of that file among the test's resources. */
    LoadedModule module(String name) {
        try (InputStream in = Gpu.class.getResourceAsStream("/textbook/" + name + ".ptx")) {
            return module(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LoadedModule module(String text, String name) {
        return LoadedModule.load(PtxModule.parse(text), space);
    }

    /** Starts a launch of that kernel; its shape and arguments follow. */
    Start start(LoadedModule module, String kernel) {
        return new Start(module.kernel(kernel));
    }

    /** What the checker found so far. */
    List<Report> reports() {
        return told;
    }

    private Turn turn(String name) {
        return new Turn(++turns, name, "stream 0", earlier -> true);
    }

    /** A launch in the making. */
    final class Start {
        private final Kernel kernel;
        private int[] grid = {1, 1};
        private int[] block = {32, 1};
        private int shared;
        private boolean cooperative;

        Start(Kernel kernel) {
            this.kernel = kernel;
        }

        Start grid(int x, int y) {
            grid = new int[] {x, y};
            return this;
        }

        Start block(int x, int y) {
            block = new int[] {x, y};
            return this;
        }

        Start shared(int bytes) {
            shared = bytes;
            return this;
        }

        Start cooperative() {
            cooperative = true;
            return this;
        }

        /** Runs it. Arguments are Long (pointers), Integer or Float, in the kernel's order. */
        void run(Object... arguments) {
            Kernel.Parameter last = kernel.parameters().get(kernel.parameters().size() - 1);
            ByteBuffer bytes = ByteBuffer.allocate(last.offset() + last.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            for (int k = 0; k < arguments.length; k++) {
                int at = kernel.parameters().get(k).offset();
                if (arguments[k] instanceof Long value) {
                    bytes.putLong(at, value);
                } else if (arguments[k] instanceof Integer value) {
                    bytes.putInt(at, value);
                } else {
                    bytes.putFloat(at, (Float) arguments[k]);
                }
            }
            Launch launch = new Launch(kernel, grid[0], grid[1], 1, block[0], block[1], 1, shared, bytes.array(), cooperative);
            Turn turn = turn(kernel.name());
            machine.run(launch, turn, List.of(checker.begin(launch, turn)));
        }
    }
}
