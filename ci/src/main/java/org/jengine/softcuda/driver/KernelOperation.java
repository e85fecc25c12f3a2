package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** A kernel's launch. */
public final class KernelOperation implements Operation {
    /** Runs launches: the interpreter, with whoever watches. */
    @FunctionalInterface
    public interface Runner {
        void run(GpuProfile gpu, Launch launch, Turn turn);
    }

    private static final int LANES_PER_CYCLE = 128;
    private static final int COMPARED = 1 << 16;

    private final CudaFunction function;
    private final Launch launch;
    private final Memory memory;
    private final Runner runner;

    KernelOperation(CudaFunction function, Launch launch, Memory memory, Runner runner) {
        this.function = function;
        this.launch = launch;
        this.memory = memory;
        this.runner = runner;
    }

    CudaFunction function() {
        return function;
    }

    Launch launch() {
        return launch;
    }

    @Override
    public String name() {
        return launch.kernel().name();
    }

    @Override
    public void perform(Turn at) {
        List<Memory.Owned> mirrors = memory.mirrors(addresses());
        List<byte[]> before = new ArrayList<>();
        for (Memory.Owned one : mirrors) {
            byte[] bytes = memory.host().read(one.hostAddress(), Math.toIntExact(one.allocation().bytes()));
            one.allocation().write(0, bytes, 0, bytes.length);
            before.add(bytes);
        }
        runner.run(function.module().context().device().profile(), launch, at);
        for (int i = 0; i < mirrors.size(); i++) {
            hand(mirrors.get(i), before.get(i));
        }
    }

    /** Writes to the program what the kernel changed: it may be writing elsewhere in the same memory. */
    private void hand(Memory.Owned one, byte[] before) {
        Allocation allocation = one.allocation();
        for (int at = 0; at < before.length; at += COMPARED) {
            byte[] now = new byte[Math.min(COMPARED, before.length - at)];
            allocation.read(at, now, 0, now.length);
            int first = 0;
            int last = now.length - 1;
            while (first <= last && now[first] == before[at + first]) {
                first++;
            }
            while (last >= first && now[last] == before[at + last]) {
                last--;
            }
            if (first <= last) {
                memory.host().write(one.hostAddress() + at + first, Arrays.copyOfRange(now, first, last + 1));
            }
        }
    }

    @Override
    public double seconds(GpuProfile gpu) {
        double perCycle = (double) LANES_PER_CYCLE * gpu.attribute("MULTIPROCESSOR_COUNT");
        return LEAST_SECONDS + launch.blocks() * launch.threads() * (double) launch.kernel().instructions() / (perCycle * gpu.clock());
    }

    /** Whatever among the arguments may be an address. */
    @Override
    public long[] addresses() {
        ByteBuffer arguments = ByteBuffer.wrap(launch.arguments()).order(ByteOrder.LITTLE_ENDIAN);
        long[] found = new long[arguments.capacity() / Long.BYTES];
        for (int i = 0; i < found.length; i++) {
            found[i] = arguments.getLong(i * Long.BYTES);
        }
        return found;
    }
}
