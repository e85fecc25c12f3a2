package org.jengine.runtime.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jengine.runtime.spi.Lwjgl;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.SharedLibrary;

/**
 * NVIDIA's management library, which nvidia-smi asks too: the driver's release, and who uses a GPU. It comes with the driver, though
 * containers may lack it; where it is missing or refuses, that is simply not known.
 *
 * @see <a href="https://docs.nvidia.com/deploy/nvml-api/">The NVML API</a>
 */
final class Nvml implements AutoCloseable {
    private static final int SUCCESS = 0;
    private static final int TEXT_BYTES = 256;
    /** A process: pid, a gap, bytes, and since the second version of the call two numbers more. */
    private static final int PROCESS_BYTES = 24;
    private static final int MOST_PROCESSES = 64;
    private static final long UNKNOWN_BYTES = -1;

    static {
        Lwjgl.prepare();
    }

    private final SharedLibrary library;

    /** A program on a GPU; bytes are -1 where the system does not tell. */
    record Process(long pid, String name, long bytes) {
        @Override
        public String toString() {
            return "process " + pid + (name.isEmpty() ? "" : " (" + name + ")") + (bytes < 0 ? "" : " " + bytes / 1_000_000 + " MB");
        }
    }

    private Nvml(SharedLibrary library) {
        this.library = library;
    }

    /** The library, started; nothing if it is missing or does not start. To be closed. */
    private static Optional<Nvml> open() {
        SharedLibrary library;
        try {
            library = APIUtil.apiCreateLibrary(System.getProperty("os.name").startsWith("Windows") ? "nvml.dll" : "libnvidia-ml.so.1");
        } catch (LinkageError e) {
            return Optional.empty();
        }
        long init = library.getFunctionAddress("nvmlInit_v2");
        if (init == MemoryUtil.NULL || JNI.callI(init) != SUCCESS) {
            library.free();
            return Optional.empty();
        }
        return Optional.of(new Nvml(library));
    }

    /** The driver's release, as {@code 570.86.15}; empty if it is not known. */
    static String driverRelease() {
        Optional<Nvml> opened = open();
        if (opened.isEmpty()) {
            return "";
        }
        try (Nvml nvml = opened.get()) {
            return nvml.release();
        }
    }

    /**
     * The programs that compute on a GPU, this one left out; nothing if it is not told.
     *
     * @param uuid as nvidia-smi prints it
     */
    static Optional<List<Process>> usersOf(String uuid) {
        Optional<Nvml> opened = open();
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (Nvml nvml = opened.get()) {
            return nvml.users(uuid);
        }
    }

    private String release() {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long call = library.getFunctionAddress("nvmlSystemGetDriverVersion");
            ByteBuffer text = stack.calloc(TEXT_BYTES);
            return call != MemoryUtil.NULL && JNI.callPI(MemoryUtil.memAddress(text), TEXT_BYTES, call) == SUCCESS
                    ? MemoryUtil.memUTF8(MemoryUtil.memAddress(text)) : "";
        }
    }

    private Optional<List<Process>> users(String uuid) {
        long byUuid = library.getFunctionAddress("nvmlDeviceGetHandleByUUID");
        long processes = library.getFunctionAddress("nvmlDeviceGetComputeRunningProcesses_v3");
        if (byUuid == MemoryUtil.NULL || processes == MemoryUtil.NULL) {
            return Optional.empty();
        }
        ByteBuffer found = MemoryUtil.memCalloc(MOST_PROCESSES * PROCESS_BYTES).order(ByteOrder.nativeOrder());
        try (MemoryStack stack = MemoryStack.stackPush()) {
            ByteBuffer device = stack.calloc(Long.BYTES, Long.BYTES);
            ByteBuffer count = stack.calloc(Integer.BYTES, Integer.BYTES);
            count.putInt(0, MOST_PROCESSES);
            if (JNI.callPPI(MemoryUtil.memAddress(stack.UTF8(uuid)), MemoryUtil.memAddress(device), byUuid) != SUCCESS
                    || JNI.callPPPI(device.getLong(0), MemoryUtil.memAddress(count), MemoryUtil.memAddress(found), processes) != SUCCESS) {
                return Optional.empty();
            }
            List<Process> all = new ArrayList<>();
            for (int i = 0; i < count.getInt(0); i++) {
                long pid = found.getInt(i * PROCESS_BYTES) & 0xffff_ffffL;
                if (pid != ProcessHandle.current().pid()) {
                    all.add(new Process(pid, name(pid), Math.max(UNKNOWN_BYTES, found.getLong(i * PROCESS_BYTES + Long.BYTES))));
                }
            }
            return Optional.of(all);
        } finally {
            MemoryUtil.memFree(found);
        }
    }

    /** The file's name of a program; empty for one that this user may not see, as one in another container. */
    private static String name(long pid) {
        return ProcessHandle.of(pid).flatMap(p -> p.info().command()).map(c -> c.replaceFirst(".*[/\\\\]", "")).orElse("");
    }

    @Override
    public void close() {
        long shutdown = library.getFunctionAddress("nvmlShutdown");
        if (shutdown != MemoryUtil.NULL) {
            JNI.callI(shutdown);
        }
        library.free();
    }
}
