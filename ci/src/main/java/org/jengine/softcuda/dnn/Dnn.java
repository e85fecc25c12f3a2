package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jengine.softcuda.blas.Task;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Submitter;
import org.jengine.softcuda.work.Turn;

/** cuDNN 9: handles, the last error, and what every call shares. Work goes into the handle's stream. */
public final class Dnn {
    /** 9.24.0, whose planner's answers are followed. */
    static final int VERSION = 92400;

    private static final long FIRST_HANDLE = 0xcdaa_0000L;

    private final View view;
    private final Submitter submitter;
    private final Host host;
    private final Reports reports;
    private final IntSupplier capability;
    private final Map<Long, Session> sessions = new HashMap<>();
    private final Set<Long> destroyed = new HashSet<>();
    private long next = FIRST_HANDLE;
    private String lastError = "";

    /** @param capability of the GPU: ten times the major number and the minor one */
    public Dnn(View view, Submitter submitter, Host host, Reports reports, IntSupplier capability) {
        this.view = view;
        this.submitter = submitter;
        this.host = host;
        this.reports = reports;
        this.capability = capability;
    }

    /** A call that ends with success unless it throws a {@link DnnError}. */
    interface Body {
        void run(Request request, Reply reply);
    }

    /** Adds all calls. */
    public void provide(CallTable calls) {
        add(calls, "cudnnCreate", this::create);
        add(calls, "cudnnDestroy", this::destroy);
        add(calls, "cudnnSetStream", (request, reply) -> session(request.i64()).stream(request.i64()));
        add(calls, "cudnnGetStream", (request, reply) -> reply.bytes(bytes(session(request.i64()).stream())));
        add(calls, "cudnnGetProperty", Dnn::property);
        calls.add("cudnnGetLastErrorString", this::tell);
        new Backend(this, view, host, capability).provide(calls);
        new Legacy(this).provide(calls);
    }

    void add(CallTable calls, String name, Body body) {
        calls.add(name, (request, reply) -> {
            try {
                body.run(request, reply);
                return Status.SUCCESS.number();
            } catch (DnnError e) {
                lastError = name + ": " + e.getMessage();
                throw new CudaError(e.status().number(), lastError);
            }
        });
    }

    /** Puts work into a stream, under the call's name, of which a GPU's time is not known. */
    void submit(Request request, long stream, Consumer<Turn> body) {
        submit(request, stream, body, Cost.NONE);
    }

    /**
     * Puts work into a stream under the call's name.
     *
     * @param addresses of its operands
     */
    void submit(Request request, long stream, Consumer<Turn> body, Cost cost, long... addresses) {
        try {
            submitter.submit(request.thread(), stream, new Task(request.name(), body, cost, addresses));
        } catch (CudaError e) {
            throw Status.EXECUTION_FAILED_CUDA_DRIVER.of(e.getMessage());
        }
    }

    Session session(long id) {
        Session session = sessions.get(id);
        if (session == null && destroyed.contains(id)) {
            reports.add(new Report(Report.Rule.DEAD_HANDLE, "the cuDNN handle was destroyed before", "a cuDNN call"), "cudnnHandle");
        }
        Status.BAD_PARAM_NULL_POINTER.unless(id != 0, "a null handle");
        Status.BAD_PARAM.unless(session != null, "0x" + Long.toHexString(id) + " is no handle");
        return session;
    }

    int capability() {
        return capability.getAsInt();
    }

    View view() {
        return view;
    }

    static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    }

    static byte[] bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    private void create(Request request, Reply reply) {
        Status.BAD_PARAM_NULL_POINTER.unless(request.i64() != 0, "a null place for the handle");
        Session made = new Session(next++);
        sessions.put(made.id(), made);
        reply.bytes(bytes(made.id()));
    }

    private void destroy(Request request, Reply reply) {
        long id = session(request.i64()).id();
        sessions.remove(id);
        destroyed.add(id);
    }

    private static void property(Request request, Reply reply) {
        int which = request.i32();
        Status.BAD_PARAM.unless(which >= 0 && which <= 2 && request.i64() != 0, "property " + which);
        reply.bytes(bytes(new int[] {VERSION / 10000, VERSION / 100 % 100, VERSION % 100}[which]));
    }

    private int tell(Request request, Reply reply) {
        reply.string(lastError);
        lastError = "";
        return Status.SUCCESS.number();
    }
}
