package org.jengine.runtime.cuda;

import static jcuda.jcudnn.JCudnn.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.jcudnn.cudnnBackendDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.spi.Lwjgl;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.SharedLibrary;

/**
 * The calls of cuDNN's graph interface that are used, one method a call, each checked on the line that makes it; nothing else of the
 * project sees the binding. Descriptors may be used by one thread at a time, and so may a handle. Arrays of attributes lie in native
 * memory, since the binding passes null for all others.
 *
 * @see <a href="https://docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-graph-library.html">cuDNN's graph library</a>
 */
final class Dnn implements AutoCloseable {
    private static final int SUCCESS = 0;
    /** A piece of the real library, which comes in several. */
    private static final String PIECE = "libcudnn_graph.so.9";
    private static final int MESSAGE_BYTES = 2048;
    private static final int FIRST_REFUSAL = 3000;
    private static final int LAST_REFUSAL = 3999;

    static {
        Lwjgl.prepare();
    }

    private final SharedLibrary library;
    private final long lastError;

    /** A session on the device that was current when it was made. */
    static final class Handle extends cudnnHandle {
        private long address() {
            return getNativePointer();
        }
    }

    /** A backend descriptor. */
    static final class Descriptor extends cudnnBackendDescriptor {
        private final DnnKind kind;

        private Descriptor(DnnKind kind) {
            this.kind = kind;
        }

        private long address() {
            return getNativePointer();
        }
    }

    /** A call that did not succeed. */
    static final class Failure extends DeviceException {
        private final int status;

        private Failure(String call, String about, int status, String name, String reason) {
            super(call + " -> " + name + " (" + status + ")" + (about.isEmpty() ? "" : ": " + about)
                    + (reason.isEmpty() ? "" : "\ncuDNN says: " + reason));
            this.status = status;
        }

        /** Whether cuDNN has no way to do what was asked, which is no fault of the call. */
        boolean isRefusal() {
            return status >= FIRST_REFUSAL && status <= LAST_REFUSAL;
        }
    }

    /** Loads with its first use, which must find the library loaded. */
    private static final class Binding {
        /** Why the binding does not load; empty if it does. */
        static final String FAULT = Natives.load(() -> {
            initialize();
            setExceptionsEnabled(false);
        });
    }

    private Dnn(SharedLibrary library) {
        this.library = library;
        lastError = library.getFunctionAddress("cudnnGetLastErrorString");
    }

    /**
     * Why the calls cannot be made, cuDNN itself being loaded; empty if they can. A cuDNN that misses cuBLAS's second half ends the
     * program with its first plan, so that this one is asked for.
     *
     * @param file the library that is loaded
     */
    static String fault(Path file) {
        if (!Binding.FAULT.isEmpty()) {
            return Binding.FAULT;
        }
        Path real = Places.real(file);
        if (!Files.exists(real.resolveSibling(PIECE))) {
            return "";
        }
        String name = "libcublasLt.so." + cudnnGetCudartVersion() / 1000;
        for (String folder : List.of(".", "../../cublas/lib", "../../cu" + cudnnGetCudartVersion() / 1000 + "/lib")) {
            Path beside = real.resolveSibling(folder).resolve(name).normalize();
            if (Files.exists(beside)) {
                return loads(beside.toString(), () -> System.load(beside.toString()));
            }
        }
        return loads(name, () -> APIUtil.apiCreateLibrary(name).free());
    }

    private static String loads(String name, Runnable load) {
        try {
            load.run();
            return "";
        } catch (LinkageError e) {
            return "cuDNN needs " + name + ", a part of cuBLAS, which does not load" + Driver.reason(Driver.firstLine(e))
                    + ".\nInstall the cuBLAS of the same CUDA version beside it or where the system finds it.";
        }
    }

    /**
     * Makes the calls possible.
     *
     * @param file the library, which is loaded and has no {@link #fault}; a process has one cuDNN
     */
    static Dnn load(Path file) {
        return new Dnn(APIUtil.apiCreateLibrary(file.toString()));
    }

    /** Lets go of the library; it stays as long as the binding holds it too. */
    @Override
    public void close() {
        library.free();
    }

    private void check(String call, String about, int status) {
        if (status != SUCCESS) {
            throw new Failure(call, about, status, cudnnGetErrorString(status), reason());
        }
    }

    /** What cuDNN remembers of the last failure of this thread; asking forgets it. */
    private String reason() {
        if (lastError == 0) {
            return "";
        }
        ByteBuffer message = MemoryUtil.memCalloc(MESSAGE_BYTES);
        try {
            JNI.invokePPV(MemoryUtil.memAddress(message), MESSAGE_BYTES - 1L, lastError);
            return MemoryUtil.memUTF8(MemoryUtil.memAddress(message)).strip();
        } finally {
            MemoryUtil.memFree(message);
        }
    }

    /** The version, {@code 10000 major + 100 minor + patch}. */
    static int version() {
        return Math.toIntExact(cudnnGetVersion());
    }

    /** A session on the context that is current on this thread. */
    Handle handle() {
        Handle made = new Handle();
        check("cudnnCreate", "", cudnnCreate(made));
        return made;
    }

    void release(Handle h) {
        check("cudnnDestroy", "", cudnnDestroy(h));
    }

    /** Where the session's work is queued from now on. */
    void stream(Handle h, Cu.Stream s) {
        check("cudnnSetStream", s.name(), cudnnSetStream(h, new cudaStream_t(s.handle())));
    }

    Descriptor descriptor(DnnKind kind) {
        Descriptor made = new Descriptor(kind);
        check("cudnnBackendCreateDescriptor", kind.name(), cudnnBackendCreateDescriptor(kind.number(), made));
        return made;
    }

    void release(Descriptor d) {
        check("cudnnBackendDestroyDescriptor", d.kind.name(), cudnnBackendDestroyDescriptor(d));
    }

    /** Judges what was set; nothing can be set afterwards. */
    void finish(Descriptor d) {
        check("cudnnBackendFinalize", d.kind.name(), cudnnBackendFinalize(d));
    }

    /** Sets whole numbers, addresses, enums or truth values. */
    void set(Descriptor d, DnnAttribute a, long... values) {
        DnnAttribute.Type type = a.type();
        ByteBuffer elements = MemoryUtil.memAlloc(values.length * type.bytes());
        try {
            for (long value : values) {
                switch (type.bytes()) {
                    case 1 -> elements.put((byte) value);
                    case Integer.BYTES -> elements.putInt((int) value);
                    default -> elements.putLong(value);
                }
            }
            set(d, a, values.length, MemoryUtil.memAddress(elements, 0));
        } finally {
            MemoryUtil.memFree(elements);
        }
    }

    void set(Descriptor d, DnnAttribute a, Descriptor... parts) {
        set(d, a, Arrays.stream(parts).mapToLong(Descriptor::address).toArray());
    }

    void set(Descriptor d, DnnAttribute a, Handle h) {
        set(d, a, h.address());
    }

    void set(Descriptor d, DnnAttribute a, String text) {
        ByteBuffer elements = MemoryUtil.memUTF8(text, false);
        try {
            set(d, a, elements.remaining(), MemoryUtil.memAddress(elements));
        } finally {
            MemoryUtil.memFree(elements);
        }
    }

    private void set(Descriptor d, DnnAttribute a, long count, long address) {
        check("cudnnBackendSetAttribute", a.name(), cudnnBackendSetAttribute(d, a.number(), a.type().number(), count, at(address)));
    }

    /** The binding's pointer to an address. */
    private static Pointer at(long address) {
        return new Pointer().withByteOffset(address);
    }

    /**
     * Whole numbers or enums that a final descriptor tells.
     *
     * @param most elements that there may be
     */
    long[] numbers(Descriptor d, DnnAttribute a, int most) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            ByteBuffer elements = stack.calloc(Long.BYTES, most * Long.BYTES);
            int count = get(d, a, most, MemoryUtil.memAddress(elements));
            LongBuffer longs = elements.asLongBuffer();
            IntBuffer ints = elements.asIntBuffer();
            return IntStream.range(0, count).mapToLong(i -> a.type().bytes() == Long.BYTES ? longs.get(i) : ints.get(i)).toArray();
        }
    }

    /** How many elements a final descriptor can tell at most. */
    int room(Descriptor d, DnnAttribute a) {
        return get(d, a, 0, MemoryUtil.NULL);
    }

    /**
     * Makes descriptors into what a final one tells.
     *
     * @param parts of the attribute's kind, not final
     * @return how many were made
     */
    int parts(Descriptor d, DnnAttribute a, List<Descriptor> parts) {
        LongBuffer elements = MemoryUtil.memAllocLong(parts.size());
        try {
            parts.forEach(p -> elements.put(p.address()));
            return get(d, a, parts.size(), MemoryUtil.memAddress(elements, 0));
        } finally {
            MemoryUtil.memFree(elements);
        }
    }

    String text(Descriptor d, DnnAttribute a) {
        int room = room(d, a);
        ByteBuffer elements = MemoryUtil.memCalloc(room + 1);
        try {
            byte[] text = new byte[get(d, a, room, MemoryUtil.memAddress(elements))];
            elements.get(text);
            return new String(text, StandardCharsets.UTF_8).replaceFirst("\0+$", "");
        } finally {
            MemoryUtil.memFree(elements);
        }
    }

    private int get(Descriptor d, DnnAttribute a, long most, long address) {
        long[] count = new long[1];
        check("cudnnBackendGetAttribute", a.name(),
                cudnnBackendGetAttribute(d, a.number(), a.type().number(), most, count, address == 0 ? null : at(address)));
        return Math.toIntExact(count[0]);
    }

    /** Queues a plan with its tensors; in a capture it becomes part of the graph. */
    void execute(Handle h, Descriptor plan, Descriptor pack, String about) {
        check("cudnnBackendExecute", about, cudnnBackendExecute(h, plan, pack));
    }
}
