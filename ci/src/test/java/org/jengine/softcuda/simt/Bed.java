package org.jengine.softcuda.simt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.ptx.PtxModule;
import org.jengine.softcuda.work.Turn;

/** A module and a machine to try it on. */
public final class Bed {
    static final MachineLimits LIMITS = new MachineLimits(4, 1 << 19);

    private final AddressSpace space = new AddressSpace();
    private final LoadedModule module;
    private final StringBuilder printed = new StringBuilder();
    private final Machine machine;
    private final List<Watch> watches = new ArrayList<>();
    private int turns;

    private Bed(String text, long seed) {
        module = LoadedModule.load(PtxModule.parse(text), space);
        machine = new Machine(space, LIMITS, seed, printed::append);
    }

    /** A module of this text behind the usual head. */
    public static Bed of(String text) {
        return of(text, 1);
    }

    static Bed of(String text, long seed) {
        return new Bed(".version 8.0\n.target sm_90\n.address_size 64\n" + text, seed);
    }

    /** A kernel "k" with a parameter "out", whose address in global space is %out, and whose thread is %t. */
    public static Bed kernel(String registers, String body) {
        return of("""
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out, %mine;
                .reg .u32 %t;
                """ + registers + "\n" + """
                ld.param.u64 %out, [out];
                cvta.to.global.u64 %out, %out;
                mov.u32 %t, %tid.x;
                mad.wide.u32 %mine, %t, 4, %out;
                """ + body + "\nret;\n}\n");
    }

    AddressSpace space() {
        return space;
    }

    LoadedModule module() {
        return module;
    }

    String printed() {
        return printed.toString();
    }

    Bed watch(Watch watch) {
        watches.add(watch);
        return this;
    }

    public Allocation ints(int... values) {
        Allocation made = space.allocate(Allocation.Kind.DEVICE, (long) values.length * Integer.BYTES, "ints");
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        made.write(0, bytes.array(), 0, bytes.capacity());
        return made;
    }

    public static int[] ints(Allocation from) {
        int[] values = new int[(int) (from.bytes() / Integer.BYTES)];
        for (int k = 0; k < values.length; k++) {
            values[k] = from.getInt((long) k * Integer.BYTES);
        }
        return values;
    }

    /** Launches a kernel with 8-byte addresses for allocations and longs, 4 bytes for the rest. */
    public void launch(String kernel, int blocks, int threads, int shared, boolean cooperative, Object... arguments) {
        Kernel found = module.kernel(kernel);
        ByteBuffer bytes = ByteBuffer.allocate(found.parameters().stream().mapToInt(p -> p.offset() + p.bytes()).max().orElse(0))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int k = 0; k < arguments.length; k++) {
            int at = found.parameters().get(k).offset();
            if (arguments[k] instanceof Allocation memory) {
                bytes.putLong(at, memory.base());
            } else if (arguments[k] instanceof Long number) {
                bytes.putLong(at, number);
            } else if (arguments[k] instanceof Float number) {
                bytes.putFloat(at, number);
            } else {
                bytes.putInt(at, (Integer) arguments[k]);
            }
        }
        Launch launch = new Launch(found, blocks, 1, 1, threads, 1, 1, shared, bytes.array(), cooperative);
        machine.run(launch, new Turn(++turns, kernel, "test", earlier -> true), watches);
    }

    /** Runs "k" with one block and gives the first {@code count} ints that it wrote. */
    int[] run(int threads, int count) {
        Allocation out = ints(new int[count]);
        launch("k", 1, threads, 0, false, out);
        return ints(out);
    }
}
