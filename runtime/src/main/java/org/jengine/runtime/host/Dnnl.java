package org.jengine.runtime.host;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jengine.kernels.DType;
import org.jengine.runtime.Activation;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceUnavailable;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.SharedLibrary;

/**
 * The oneDNN calls that the host device uses, each checked on the line that makes it; nothing else of the project sees the binding.
 * Descriptors, primitives and memories live until {@link #close}. Primitives are made for one thread: the device's lanes run them side
 * by side on different images, which costs no barrier inside an operation.
 *
 * @see <a href="https://uxlfoundation.github.io/oneDNN/">oneDNN developer guide</a>
 */
final class Dnnl implements AutoCloseable {
    private static final long[] ONES = {1, 1};
    private static final long[] ZEROS = {0, 0};
    /** Names of {@code dnnl_status_t}, by value. */
    private static final List<String> STATUS = List.of("success", "out_of_memory", "invalid_arguments", "unimplemented",
            "last_impl_reached", "runtime_error", "not_required");

    private final boolean root;
    private final dnnl_engine engine;
    private final SharedLibrary openMp;
    private final long setThreads;
    private final Deque<Runnable> owned = new ArrayDeque<>();

    /** A memory layout. */
    record Desc(dnnl_memory_desc handle) {
        long bytes() {
            return dnnl_memory_desc_get_size(handle);
        }

        boolean same(Desc other) {
            return dnnl_memory_desc_equal(handle, other.handle) != 0;
        }
    }

    /** Memory at an address under a layout. */
    record Memory(dnnl_memory handle) {
    }

    /** What a thread executes primitives through. */
    record Queue(dnnl_stream handle) {
    }

    /** One argument of an execution. */
    record Arg(Role role, Memory memory) {
    }

    /** Roles of arguments, under the field's names for them. */
    enum Role {
        SRC(DNNL_ARG_SRC), DST(DNNL_ARG_DST), WEIGHTS(DNNL_ARG_WEIGHTS), BIAS(DNNL_ARG_BIAS), WORKSPACE(DNNL_ARG_WORKSPACE),
        SCRATCHPAD(DNNL_ARG_SCRATCHPAD), DIFF_SRC(DNNL_ARG_DIFF_SRC), DIFF_DST(DNNL_ARG_DIFF_DST),
        DIFF_WEIGHTS(DNNL_ARG_DIFF_WEIGHTS), DIFF_BIAS(DNNL_ARG_DIFF_BIAS), SRC_SCALE(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC);

        private final int code;

        Role(int code) {
            this.code = code;
        }
    }

    /** A primitive and what it wants its arguments to look like. */
    static final class Primitive {
        private final dnnl_primitive handle = new dnnl_primitive();
        private final dnnl_primitive_desc desc;

        private Primitive(dnnl_primitive_desc desc) {
            this.desc = desc;
        }

        Desc weights() {
            return query(dnnl_query_weights_md);
        }

        Desc diffWeights() {
            return query(dnnl_query_diff_weights_md);
        }

        Desc workspace() {
            return query(dnnl_query_workspace_md);
        }

        Desc scratchpad() {
            return query(dnnl_query_scratchpad_md);
        }

        private Desc query(int what) {
            return new Desc(dnnl_primitive_desc_query_md(desc, what, 0));
        }
    }

    /** An address as the binding wants it. */
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }

    /** @throws DeviceUnavailable if the native library cannot be loaded, naming the innermost cause */
    Dnnl() {
        String loaded;
        try {
            loaded = Loader.load(org.bytedeco.dnnl.global.dnnl.class);
        } catch (LinkageError e) {
            throw new DeviceUnavailable("oneDNN does not load on this machine (" + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + "): " + innermost(e)
                    + "\nThe jar must hold the natives of this platform: build it here.", e);
        }
        openMp = openMp(Path.of(loaded).getParent());
        setThreads = openMp.getFunctionAddress("omp_set_num_threads");
        if (setThreads == MemoryUtil.NULL) {
            throw new DeviceUnavailable("omp_set_num_threads is missing in " + openMp.getPath());
        }
        root = true;
        engine = new dnnl_engine();
        check("dnnl_engine_create", dnnl_engine_create(engine, dnnl_cpu, 0));
    }

    private Dnnl(Dnnl parent) {
        root = false;
        engine = parent.engine;
        openMp = parent.openMp;
        setThreads = parent.setThreads;
    }

    /** The same engine with an owner's list of its own: closing it frees what was made through it. To be closed before its parent. */
    Dnnl child() {
        return new Dnnl(this);
    }

    private static SharedLibrary openMp(Path folder) {
        for (String name : List.of("libgomp.so.1", "libiomp5.dylib", "libomp.dylib", "libgomp.dylib", "libiomp5md.dll", "libgomp-1.dll")) {
            if (Files.exists(folder.resolve(name))) {
                return APIUtil.apiCreateLibrary(folder.resolve(name).toString());
            }
        }
        throw new DeviceUnavailable("oneDNN's OpenMP library is not beside it in " + folder + "; delete that folder and start again");
    }

    private static Throwable innermost(Throwable e) {
        return e.getCause() == null || e.getCause() == e ? e : innermost(e.getCause());
    }

    static String version() {
        dnnl_version_t v = dnnl_version();
        return v.major() + "." + v.minor() + "." + v.patch();
    }

    /** Whether this CPU has bfloat16 dot products; without them oneDNN refuses the type or emulates it more slowly than float32. */
    static boolean hasBf16() {
        return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
    }

    /** Makes OpenMP regions that the calling thread starts run on that thread alone; to be called once on each such thread. */
    void useOneThread() {
        JNI.invokeV(1, setThreads);
    }

    Queue queue() {
        dnnl_stream stream = new dnnl_stream();
        check("dnnl_stream_create", dnnl_stream_create(stream, engine, dnnl_stream_in_order));
        own(() -> dnnl_stream_destroy(stream));
        return new Queue(stream);
    }

    /** A dense layout of any strides, in elements. */
    Desc strided(DType type, long[] dims, long[] strides) {
        dnnl_memory_desc desc = new dnnl_memory_desc();
        check("dnnl_memory_desc_create_with_strides",
                dnnl_memory_desc_create_with_strides(desc, dims.length, dims, code(type), strides));
        own(() -> dnnl_memory_desc_destroy(desc));
        return new Desc(desc);
    }

    private Desc tagged(DType type, int tag, long... dims) {
        dnnl_memory_desc desc = new dnnl_memory_desc();
        check("dnnl_memory_desc_create_with_tag", dnnl_memory_desc_create_with_tag(desc, dims.length, dims, code(type), tag));
        own(() -> dnnl_memory_desc_destroy(desc));
        return new Desc(desc);
    }

    /** Images in NHWC. */
    Desc images(DType type, int n, int h, int w, int c) {
        return tagged(type, dnnl_nhwc, n, c, h, w);
    }

    /** Filters in KRSC. */
    Desc filters(DType type, int k, int r, int s, int c) {
        return tagged(type, dnnl_ohwi, k, c, r, s);
    }

    /** Filters in whatever layout the primitive likes best. */
    Desc anyFilters(DType type, int k, int r, int s, int c) {
        return tagged(type, dnnl_format_tag_any, k, c, r, s);
    }

    Desc vector(DType type, int n) {
        return tagged(type, dnnl_a, n);
    }

    /** A row-major matrix. */
    Desc matrix(DType type, int rows, int columns) {
        return tagged(type, dnnl_ab, rows, columns);
    }

    /** The transpose of a row-major {@code columns x rows} matrix. */
    Desc transposed(DType type, int rows, int columns) {
        return tagged(type, dnnl_ba, rows, columns);
    }

    Primitive convForward(Desc x, Desc w, Desc b, Desc y, int pad, Activation act) {
        long[] pads = {pad, pad};
        return primitive("convolution forward", act, null, (pd, attr) -> dnnl_convolution_forward_primitive_desc_create(pd, engine,
                dnnl_forward_training, dnnl_convolution_direct, x.handle, w.handle, b.handle, y.handle, ONES, ZEROS, pads, pads, attr));
    }

    /** @param forward the forward primitive of the same shapes, without activation, which the library wants as a hint */
    Primitive convBackwardData(Desc dx, Desc w, Desc dy, int pad, Primitive forward) {
        long[] pads = {pad, pad};
        return primitive("convolution backward data", Activation.NONE, null, (pd, attr) ->
                dnnl_convolution_backward_data_primitive_desc_create(pd, engine, dnnl_convolution_direct, dx.handle, w.handle, dy.handle,
                        ONES, ZEROS, pads, pads, forward.desc, attr));
    }

    /** @param forward as in {@link #convBackwardData} */
    Primitive convBackwardWeights(Desc x, Desc dw, Desc db, Desc dy, int pad, Primitive forward) {
        long[] pads = {pad, pad};
        return primitive("convolution backward weights", Activation.NONE, null, (pd, attr) ->
                dnnl_convolution_backward_weights_primitive_desc_create(pd, engine, dnnl_convolution_direct, x.handle, dw.handle,
                        db.handle, dy.handle, ONES, ZEROS, pads, pads, forward.desc, attr));
    }

    Primitive maxPoolForward(Desc x, Desc y, int window) {
        long[] windows = {window, window};
        return primitive("max pooling forward", Activation.NONE, null, (pd, attr) -> dnnl_pooling_forward_primitive_desc_create(pd, engine,
                dnnl_forward_training, dnnl_pooling_max, x.handle, y.handle, windows, windows, ZEROS, ZEROS, ZEROS, attr));
    }

    Primitive maxPoolBackward(Desc dx, Desc dy, int window, Primitive forward) {
        long[] windows = {window, window};
        return primitive("max pooling backward", Activation.NONE, null, (pd, attr) ->
                dnnl_pooling_backward_primitive_desc_create(pd, engine, dnnl_pooling_max, dx.handle, dy.handle, windows, windows,
                        ZEROS, ZEROS, ZEROS, forward.desc, attr));
    }

    Primitive denseForward(Desc x, Desc w, Desc b, Desc y, Activation act) {
        return primitive("inner product forward", act, null, (pd, attr) -> dnnl_inner_product_forward_primitive_desc_create(pd, engine,
                dnnl_forward_training, x.handle, w.handle, b.handle, y.handle, attr));
    }

    Primitive denseBackwardData(Desc dx, Desc w, Desc dy, Primitive forward) {
        return primitive("inner product backward data", Activation.NONE, null, (pd, attr) ->
                dnnl_inner_product_backward_data_primitive_desc_create(pd, engine, dx.handle, w.handle, dy.handle, forward.desc, attr));
    }

    /** {@code c = a b}. */
    Primitive matmul(Desc a, Desc b, Desc c) {
        return primitive("matmul", Activation.NONE, null, (pd, attr) ->
                dnnl_matmul_primitive_desc_create(pd, engine, a.handle, b.handle, null, c.handle, attr));
    }

    Primitive reorder(Desc from, Desc to) {
        return primitive("reorder", Activation.NONE, null,
                (pd, attr) -> dnnl_reorder_primitive_desc_create(pd, from.handle, engine, to.handle, engine, attr));
    }

    /** A reorder that multiplies by the one float given as {@link Role#SRC_SCALE}. */
    Primitive scaledReorder(Desc from, Desc to) {
        return primitive("reorder", Activation.NONE, attr -> check("dnnl_primitive_attr_set_scales_mask",
                        dnnl_primitive_attr_set_scales_mask(attr, DNNL_ARG_SRC, 0)),
                (pd, attr) -> dnnl_reorder_primitive_desc_create(pd, from.handle, engine, to.handle, engine, attr));
    }

    Memory memory(Desc desc, long address) {
        dnnl_memory memory = new dnnl_memory();
        check("dnnl_memory_create", dnnl_memory_create(memory, desc.handle, engine, new Address(address)));
        own(() -> dnnl_memory_destroy(memory));
        return new Memory(memory);
    }

    /** Arguments laid out once; executing them allocates nothing. */
    Execution execution(Primitive primitive, List<Arg> args) {
        long at = MemoryUtil.nmemAllocChecked((long) args.size() * 16);
        own(() -> MemoryUtil.nmemFree(at));
        for (int i = 0; i < args.size(); i++) {
            // struct { int arg; dnnl_memory_t memory; } with the pointer on its own alignment
            MemoryUtil.memPutInt(at + i * 16L, args.get(i).role.code);
            MemoryUtil.memPutAddress(at + i * 16L + 8, args.get(i).memory.handle.address());
        }
        return new Execution(primitive.handle, args.size(), new dnnl_exec_arg_t(new Address(at)));
    }

    /** A primitive with its arguments. */
    static final class Execution {
        private final dnnl_primitive primitive;
        private final int count;
        private final dnnl_exec_arg_t args;

        private Execution(dnnl_primitive primitive, int count, dnnl_exec_arg_t args) {
            this.primitive = primitive;
            this.count = count;
            this.args = args;
        }

        void run(Queue queue) {
            int status = dnnl_primitive_execute(primitive, queue.handle, count, args);
            if (status != dnnl_success) {
                check("dnnl_primitive_execute", status);
            }
        }
    }

    private interface Describe {
        int into(dnnl_primitive_desc pd, dnnl_primitive_attr attr);
    }

    private interface Attribute {
        void set(dnnl_primitive_attr attr);
    }

    private Primitive primitive(String what, Activation act, Attribute more, Describe describe) {
        useOneThread();
        dnnl_primitive_attr attr = new dnnl_primitive_attr();
        check("dnnl_primitive_attr_create", dnnl_primitive_attr_create(attr));
        dnnl_post_ops post = new dnnl_post_ops();
        try {
            check("dnnl_primitive_attr_set_scratchpad_mode", dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user));
            if (act != Activation.NONE) {
                check("dnnl_post_ops_create", dnnl_post_ops_create(post));
                int algorithm = act == Activation.RELU ? dnnl_eltwise_relu : dnnl_eltwise_logistic;
                check("dnnl_post_ops_append_eltwise", dnnl_post_ops_append_eltwise(post, algorithm, 0, 0));
                check("dnnl_primitive_attr_set_post_ops", dnnl_primitive_attr_set_post_ops(attr, post));
            }
            if (more != null) {
                more.set(attr);
            }
            dnnl_primitive_desc desc = new dnnl_primitive_desc();
            check(what + " primitive_desc_create", describe.into(desc, attr));
            own(() -> dnnl_primitive_desc_destroy(desc));
            Primitive made = new Primitive(desc);
            check(what + " dnnl_primitive_create", dnnl_primitive_create(made.handle, desc));
            own(() -> dnnl_primitive_destroy(made.handle));
            return made;
        } finally {
            if (!post.isNull()) {
                dnnl_post_ops_destroy(post);
            }
            dnnl_primitive_attr_destroy(attr);
        }
    }

    private static int code(DType type) {
        return switch (type) {
            case F32 -> dnnl_f32;
            case BF16 -> dnnl_bf16;
            case U8 -> dnnl_u8;
            case I32 -> dnnl_s32;
        };
    }

    private static void check(String call, int status) {
        if (status != dnnl_success) {
            String name = status < STATUS.size() ? STATUS.get(status) : "status";
            throw new DeviceException("oneDNN " + version() + ": " + call + " -> " + name + " (" + status + ") on host");
        }
    }

    private void own(Runnable release) {
        synchronized (owned) {
            owned.push(release);
        }
    }

    @Override
    public void close() {
        synchronized (owned) {
            while (!owned.isEmpty()) {
                owned.pop().run();
            }
        }
        if (root) {
            dnnl_engine_destroy(engine);
            openMp.free();
        }
    }
}
