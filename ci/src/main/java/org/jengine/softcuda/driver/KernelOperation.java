package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.gpu.GpuProfile;
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

    /** Whether it is a launch whose blocks run all at once. */
    static boolean isCooperative(Operation operation) {
        return operation instanceof KernelOperation kernel && kernel.launch.cooperative();
    }

    /** The same launch with its blocks all at once, or not. */
    KernelOperation cooperative(boolean value) {
        return new KernelOperation(function, launch.cooperative(value), memory, runner);
    }

    @Override
    public String name() {
        return launch.kernel().name();
    }

    @Override
    public void perform(Turn at) {
        GpuProfile gpu = function.module().context().device().profile();
        new Mirrors(memory).around(addresses(), () -> runner.run(gpu, launch, at));
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
