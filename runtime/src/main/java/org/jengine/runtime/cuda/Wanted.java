package org.jengine.runtime.cuda;

import java.nio.IntBuffer;
import java.util.List;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.SharedLibrary;

/** The libraries that are used where they are found. */
enum Wanted {
    /** The second file must come from beside the first: they are one library in two pieces. */
    CUBLAS("cuBLAS", "libcublas.so.12", List.of("libcublasLt.so.12"), 12_00_00, 12_08_00, 12_06_03,
            "apt-get install libcublas-12-8 from NVIDIA's package source, or pip install nvidia-cublas-cu12") {
        @Override
        int version(SharedLibrary library) {
            long call = function(library, "cublasGetProperty");
            try (MemoryStack stack = MemoryStack.stackPush()) {
                IntBuffer part = stack.callocInt(1);
                int version = 0;
                for (int which = 0; which < 3; which++) {
                    int status = JNI.callPI(which, MemoryUtil.memAddress(part), call);
                    if (status != 0) {
                        throw new IllegalStateException("cublasGetProperty -> " + status);
                    }
                    version = version * 100 + part.get(0);
                }
                return version;
            }
        }
    },
    CUDNN("cuDNN", "libcudnn.so.9", List.of(), 9_00_00, 9_07_00, 9_05_01,
            "apt-get install libcudnn9-cuda-12 from NVIDIA's package source, or pip install nvidia-cudnn-cu12") {
        @Override
        int version(SharedLibrary library) {
            // Two digits each for the lesser parts, like ours.
            return (int) JNI.callP(function(library, "cudnnGetVersion"));
        }
    };

    /** From this compute capability on, the newer versions are needed. */
    private static final int NEW_MAJOR = 10;

    private final String title;
    private final String file;
    private final List<String> beside;
    private final int least;
    private final int leastForNew;
    /** What the jar of the Maven profile {@code cuda-redist} holds. */
    private final int redist;
    private final String install;

    Wanted(String title, String file, List<String> beside, int least, int leastForNew, int redist, String install) {
        this.title = title;
        this.file = file;
        this.beside = beside;
        this.least = least;
        this.leastForNew = leastForNew;
        this.redist = redist;
        this.install = install;
    }

    /** As people call it. */
    String title() {
        return title;
    }

    String file() {
        return file;
    }

    /** Files that the library itself loads, and must take from its own folder. */
    List<String> beside() {
        return beside;
    }

    /**
     * Asks its version: major, minor and patch, two digits each.
     *
     * @throws IllegalStateException if it does not tell
     */
    abstract int version(SharedLibrary library);

    private static long function(SharedLibrary library, String name) {
        long address = library.getFunctionAddress(name);
        if (address == 0) {
            throw new IllegalStateException("it has no " + name);
        }
        return address;
    }

    /** Why a version does not do for a GPU of the compute capability; empty if it does. */
    String tooOld(int version, int major) {
        int needed = needed(major);
        return version >= needed ? "" : title + " " + text(version) + " is too old: " + text(needed) + " is needed"
                + (major >= NEW_MAJOR ? " for a GPU of compute capability " + major : "");
    }

    static String text(int version) {
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }

    /** The oldest version that does for a GPU of the compute capability. */
    int needed(int major) {
        return major >= NEW_MAJOR ? leastForNew : least;
    }

    /** What the jar of the Maven profile {@code cuda-redist} holds. */
    int redist() {
        return redist;
    }

    /** What to do where it is missing or older than needed. */
    String remedy(int needed) {
        String known = "Install it (" + install + "),\n";
        String folder = "name its folder by --cuda-lib DIR or LD_LIBRARY_PATH";
        return redist < needed ? known + "or " + folder + "."
                : known + folder + ", or build with mvn -Pcuda-redist, which brings NVIDIA's libraries along.";
    }
}
