package org.jengine.runtime.cuda;

import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.spi.Lwjgl;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.SharedLibrary;

/**
 * NVIDIA's driver library as it is before the binding is touched: the binding would only say that something did not load, and a call that
 * a driver lacks would end the JVM.
 */
final class Driver implements AutoCloseable {
    /** Names the folder of other libraries of CUDA's than those that the system finds. */
    static final String FOLDER = "jengine.cuda.lib";
    /** The least that the driver must speak: the first version that has every call of the binding which is used here. */
    static final int LEAST_VERSION = 12_000;
    /** The oldest driver that speaks it. */
    private static final String LEAST_DRIVER = "525";
    private static final int STUB = 34;
    /** How LWJGL passes on that the loader said nothing. */
    private static final String WORDLESS = "(error = null)";

    static {
        Lwjgl.prepare();
    }

    private final SharedLibrary library;
    private final int version;

    private Driver(SharedLibrary library, int version) {
        this.library = library;
        this.version = version;
    }

    /**
     * Loads the library and asks its version.
     *
     * @param folder where it is, or one of the other libraries of CUDA's; empty for where the system finds it
     * @throws DeviceUnavailable if there is none or it is too old, with the remedy
     */
    static Driver load(String folder) {
        String name = libraryName(System.getProperty("os.name"));
        if (!folder.isEmpty()) {
            loadFrom(Path.of(folder).toAbsolutePath(), name);
        }
        SharedLibrary library;
        try {
            library = APIUtil.apiCreateLibrary(name);
        } catch (LinkageError e) {
            throw new DeviceUnavailable(missing(name, firstLine(e)), e);
        }
        try {
            int version = version(library);
            requireVersion(version);
            return new Driver(library, version);
        } catch (RuntimeException e) {
            library.free();
            throw e;
        }
    }

    /** The loader of the system takes a library that is loaded already for every other of its name. */
    private static void loadFrom(Path folder, String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            if (Arrays.stream(Wanted.values()).anyMatch(w -> Files.exists(folder.resolve(w.file())))) {
                // A toolkit's folder, which has no driver.
                return;
            }
            throw new DeviceUnavailable("there is no library of CUDA's in " + folder + ", which --cuda-lib or -D" + FOLDER + " names");
        }
        try {
            System.load(file.toString());
        } catch (LinkageError e) {
            throw new DeviceUnavailable(file + " does not load: " + firstLine(e), e);
        }
    }

    private static int version(SharedLibrary library) {
        long call = library.getFunctionAddress("cuDriverGetVersion");
        if (call == 0) {
            throw new DeviceUnavailable(library.getName() + " is no driver of NVIDIA's: it has no cuDriverGetVersion");
        }
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer version = stack.callocInt(1);
            int status = JNI.callPI(MemoryUtil.memAddress(version), call);
            if (status == STUB) {
                throw new DeviceUnavailable(library.getName() + " is the toolkit's stub, which programs are linked with, not the driver;"
                        + "\ntake its folder out of the library path (LD_LIBRARY_PATH, -D" + FOLDER + ")");
            }
            if (status != 0) {
                throw new DeviceUnavailable("cuDriverGetVersion -> " + status
                        + ": the NVIDIA driver does not work; see what nvidia-smi says");
            }
            return version.get(0);
        }
    }

    /** @throws DeviceUnavailable if the driver is too old */
    static void requireVersion(int version) {
        if (version < LEAST_VERSION) {
            throw new DeviceUnavailable("the NVIDIA driver is too old: it speaks CUDA " + text(version) + ", and " + text(LEAST_VERSION)
                    + " is needed.\nUpdate it to " + LEAST_DRIVER + " or newer, or use another device.");
        }
    }

    static String libraryName(String system) {
        return system.startsWith("Windows") ? "nvcuda.dll" : "libcuda.so.1";
    }

    static String missing(String name, String why) {
        return name + " not found: no NVIDIA driver (in a container: start it with --gpus all)."
                + (why.endsWith(WORDLESS) ? "" : "\nThe loader says: " + why);
    }

    /** What the loader said, behind a colon; empty if it said nothing. */
    static String reason(String why) {
        return why.endsWith(WORDLESS) ? "" : ": " + why;
    }

    static String firstLine(Throwable e) {
        return innermost(e).toString().lines().findFirst().orElse("");
    }

    /** The cause of all. */
    static Throwable innermost(Throwable e) {
        return e.getCause() == null || e.getCause() == e ? e : innermost(e.getCause());
    }

    /** A version in the driver's way, {@code 1000 major + 10 minor}, as people write it. */
    static String text(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** What of CUDA the driver speaks, as {@code 12.8}. */
    String version() {
        return text(version);
    }

    /** Where the library lies; its name alone if the system does not tell. */
    String path() {
        return library.getPath() == null ? library.getName() : library.getPath();
    }

    /** Lets go of the library; it stays as long as the binding holds it too. */
    @Override
    public void close() {
        library.free();
    }
}
