package org.jengine.runtime.opencl;

import java.util.function.Supplier;
import org.jengine.runtime.spi.Lwjgl;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.Platform;
import org.lwjgl.system.SharedLibrary;

/**
 * Keeps the process's signal handlers over calls that load a driver or make it compile.
 *
 * <p>A driver that compiles with LLVM, as PoCL does, puts LLVM's handlers for crashes in place of the JVM's. To the JVM a SIGSEGV is no
 * crash: by one it stops each of its threads. LLVM's handler is in for one signal only, after which it puts the JVM's back; a second
 * thread that faults meanwhile finds none, and the process ends without a word. PoCL takes SIGFPE besides, to pass over divisions by zero
 * in kernels, and then those in Java have some result where they should throw. In turn, since the JVM's handler is back, a kernel that
 * divides integers by zero on the CPU ends the process with the JVM's report, as native code does.
 *
 * <p>LLVM registers when it first needs to, and does not learn that its handlers were taken out; so it does not put them in again in calls
 * that are not kept, as launches. A call in which a driver registers (PoCL's first for devices, for some ten milliseconds) is as
 * dangerous as before to other threads of Java. Only the JVM's libjsig, preloaded, leaves no such moment. It is also the remedy on other
 * systems than Linux on x86-64 and arm64, where this class does nothing: the calls, their structures or the drivers' ways are others.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/17/vm/signal-chaining.html">Signal chaining (libjsig)</a>
 * @see <a href="https://man7.org/linux/man-pages/man2/sigaction.2.html">sigaction</a>
 */
final class SignalHandlers {
    /** Those with the numbers from 1 on, for each of which sigaction tells the handler; above are the C library's and the programs'. */
    private static final int SIGNALS = 31;
    /** Of a {@code struct sigaction}, whose first word is the handler. */
    private static final int BYTES = 152;
    private static final long DEFAULT = 0;
    /** The C library's function, not libjsig's of the same name; null where there is nothing to do. */
    private static final long SIGACTION = sigaction();

    private SignalHandlers() {
    }

    private static long sigaction() {
        Platform.Architecture cpu = Platform.getArchitecture();
        if (Platform.get() != Platform.LINUX || cpu != Platform.Architecture.X64 && cpu != Platform.Architecture.ARM64) {
            return MemoryUtil.NULL;
        }
        Lwjgl.prepare();
        SharedLibrary libc = APIUtil.apiCreateLibrary("libc.so.6");
        try {
            return APIUtil.apiGetFunctionAddress(libc, "sigaction");
        } finally {
            libc.free();
        }
    }

    /**
     * Makes the call and puts back each handler that it replaced. One call at a time, since another would take a driver's handlers for
     * those to keep. A signal without a handler is left to whoever takes it, which may be the program itself on another thread.
     *
     * @return what the call returns
     */
    static synchronized <T> T kept(Supplier<T> call) {
        if (SIGACTION == MemoryUtil.NULL) {
            return call.get();
        }
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long before = stack.ncalloc(Long.BYTES, SIGNALS, BYTES);
            for (int s = 1; s <= SIGNALS; s++) {
                JNI.callPPI(s, MemoryUtil.NULL, of(s, before), SIGACTION);
            }
            try {
                return call.get();
            } finally {
                long now = stack.ncalloc(Long.BYTES, 1, BYTES);
                for (int s = 1; s <= SIGNALS; s++) {
                    JNI.callPPI(s, MemoryUtil.NULL, now, SIGACTION);
                    long handler = MemoryUtil.memGetAddress(of(s, before));
                    if (handler != DEFAULT && handler != MemoryUtil.memGetAddress(now)) {
                        JNI.callPPI(s, of(s, before), MemoryUtil.NULL, SIGACTION);
                    }
                }
            }
        }
    }

    private static long of(int signal, long actions) {
        return actions + (long) (signal - 1) * BYTES;
    }
}
