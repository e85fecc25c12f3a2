package org.jengine.runtime.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jengine.kernels.DType;
import org.jengine.kernels.Relu;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.spi.Lwjgl;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.SharedLibrary;

/**
 * A program of its own that opens the first device and builds a kernel, since a driver takes signals only once in a process. It prints
 * which handlers changed and whether Java still divides, and then lets threads run that the JVM stops again and again.
 */
final class SignalsRun {
    static final String GOOD = "changed [], 1 / 0 throws, threads stopped";
    static final long DEFAULT = 0;
    static final long IGNORE = 1;
    private static final int SIGNALS = 31;
    private static final int STRUCT_SIGACTION = 152;
    private static final int THREADS = 4;
    private static final long NANOS = 500_000_000;

    static {
        Lwjgl.prepare();
    }

    private volatile boolean ended;
    private volatile long result;

    private SignalsRun() {
    }

    public static void main(String[] args) throws InterruptedException {
        long[] before = handlers();
        OpenClBackend backend = new OpenClBackend(Path.of(args[0]));
        backend.probe();
        try (Device device = backend.open(DeviceRequest.first())) {
            device.kernel(Relu.fwd(DType.F32));
            long[] after = handlers();
            System.out.print("changed " + IntStream.range(0, SIGNALS).filter(s -> before[s] != DEFAULT && before[s] != after[s])
                    .mapToObj(s -> s + 1).toList());
            System.out.print(", 1 / 0 " + quotient(1, 0));
            new SignalsRun().stopThreads();
            System.out.print(", threads stopped");
        }
    }

    private static String quotient(int a, int b) {
        try {
            return "is " + a / b;
        } catch (ArithmeticException e) {
            return "throws";
        }
    }

    private void stopThreads() throws InterruptedException {
        Thread[] threads = new Thread[THREADS];
        for (int t = 0; t < THREADS; t++) {
            threads[t] = new Thread(this::compute);
            threads[t].start();
        }
        // By then the loop is compiled, and stops by faults.
        Thread.sleep(100);
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < NANOS) {
            System.gc();
        }
        ended = true;
        for (Thread t : threads) {
            t.join();
        }
    }

    private void compute() {
        long x = 1;
        while (!ended) {
            x = x * 31 + 7;
        }
        result = x;
    }

    private static long[] handlers() {
        return IntStream.rangeClosed(1, SIGNALS).mapToLong(SignalsRun::handler).toArray();
    }

    /** The address of what the process does at a signal. */
    static long handler(int signal) {
        return ByteBuffer.wrap(action(signal)).order(ByteOrder.nativeOrder()).getLong();
    }

    /** All that the process does at a signal. */
    static byte[] action(int signal) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            ByteBuffer action = stack.calloc(Long.BYTES, STRUCT_SIGACTION);
            sigaction(signal, MemoryUtil.NULL, MemoryUtil.memAddress(action));
            byte[] bytes = new byte[STRUCT_SIGACTION];
            action.get(bytes);
            return bytes;
        }
    }

    /** Lets the process do something else at a signal. */
    static void act(int signal, byte[] action) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            ByteBuffer copy = stack.calloc(Long.BYTES, STRUCT_SIGACTION).put(0, action);
            sigaction(signal, MemoryUtil.memAddress(copy), MemoryUtil.NULL);
        }
    }

    /** Lets the process do nothing at a signal. */
    static void ignore(int signal) {
        act(signal, ByteBuffer.allocate(STRUCT_SIGACTION).order(ByteOrder.nativeOrder()).putLong(IGNORE).array());
    }

    private static void sigaction(int signal, long to, long from) {
        SharedLibrary libc = APIUtil.apiCreateLibrary("libc.so.6");
        try {
            int status = JNI.callPPI(signal, to, from, libc.getFunctionAddress("sigaction"));
            if (status != 0) {
                throw new IllegalStateException("sigaction of " + signal + " -> " + status);
            }
        } finally {
            libc.free();
        }
    }
}
