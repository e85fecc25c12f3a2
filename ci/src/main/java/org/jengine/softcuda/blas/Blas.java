package org.jengine.softcuda.blas;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.Call;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Submitter;

/**
 * cuBLAS 12: handles, and what every call shares. Arguments are judged as the cuBLAS documentation states them, work goes into the
 * handle's stream.
 */
public final class Blas {
    private static final int VERSION = 120600;
    private static final long FIRST_HANDLE = 0xb1a5_0000L;
    private static final int WORKSPACE_ALIGNMENT = 256;

    private final View view;
    private final Submitter submitter;
    private final Host host;
    private final Reports reports;
    private final IntSupplier capability;
    private final IntSupplier multiprocessors;
    private final Map<Long, Handle> handles = new HashMap<>();
    private final Set<Long> destroyed = new HashSet<>();
    private long next = FIRST_HANDLE;

    /**
     * @param capability      of the GPU: ten times the major number and the minor one
     * @param multiprocessors of the GPU
     */
    public Blas(View view, Submitter submitter, Host host, Reports reports, IntSupplier capability, IntSupplier multiprocessors) {
        this.view = view;
        this.submitter = submitter;
        this.host = host;
        this.reports = reports;
        this.capability = capability;
        this.multiprocessors = multiprocessors;
    }

    /** Adds all calls. */
    public void provide(CallTable calls) {
        calls.add("cublasCreate_v2", this::create);
        calls.add("cublasDestroy_v2", this::destroy);
        calls.add("cublasGetProperty", Blas::property);
        one(calls, "cublasGetVersion_v2", a -> a.answer(a.i64(), VERSION));
        one(calls, "cublasSetStream_v2", a -> a.handle().stream(a.i64()));
        one(calls, "cublasGetStream_v2", a -> a.answer(a.i64(), a.handle().stream()));
        one(calls, "cublasSetPointerMode_v2", a -> a.handle().devicePointers(a.second("pointer mode")));
        one(calls, "cublasGetPointerMode_v2", a -> a.answer(a.i64(), a.handle().devicePointers() ? 1 : 0));
        one(calls, "cublasSetAtomicsMode", a -> a.handle().atomicsMode(a.second("atomics mode") ? 1 : 0));
        one(calls, "cublasGetAtomicsMode", a -> a.answer(a.i64(), a.handle().atomicsMode()));
        one(calls, "cublasSetMathMode", Blas::setMathMode);
        one(calls, "cublasGetMathMode", a -> a.answer(a.i64(), a.handle().mathMode()));
        one(calls, "cublasSetWorkspace_v2", Blas::setWorkspace);
        one(calls, "cublasSetSmCountTarget", this::setMultiprocessors);
        one(calls, "cublasGetSmCountTarget", a -> a.answer(a.i64(), a.handle().multiprocessors()));
        new Transfers(view, submitter, host).provide(calls);
        Level1.provide(this, calls);
        Level2.provide(this, calls);
        Level3.provide(this, calls);
        Factors.provide(this, calls);
        Gemms.provide(this, calls);
    }

    /** Whether the GPU's tensor cores know TF32. */
    boolean tf32() {
        return capability.getAsInt() >= 80;
    }

    /** Adds a call, and its form with 64-bit sizes: the C side sends all sizes alike. */
    void add(CallTable calls, String name, Consumer<Arguments> body) {
        one(calls, name, body);
        one(calls, name + "_64", body);
    }

    /** Adds a call that has one form. */
    void one(CallTable calls, String name, Consumer<Arguments> body) {
        Call call = (request, reply) -> {
            body.accept(new Arguments(request, reply, handle(request), view, submitter));
            return Status.SUCCESS;
        };
        calls.add(name, call);
    }

    private int create(Request request, Reply reply) {
        if (request.i64() == 0) {
            throw Status.invalid("cublasCreate: a null handle");
        }
        Handle made = new Handle(next++);
        handles.put(made.id(), made);
        reply.bytes(DataType.I64.encode(made.id()));
        return Status.SUCCESS;
    }

    private int destroy(Request request, Reply reply) {
        Handle handle = handle(request);
        handles.remove(handle.id());
        destroyed.add(handle.id());
        return Status.SUCCESS;
    }

    private Handle handle(Request request) {
        long id = request.i64();
        Handle handle = handles.get(id);
        if (handle == null) {
            if (destroyed.contains(id)) {
                reports.add(new Report(Report.Rule.DEAD_HANDLE, "the cuBLAS handle was destroyed before", request.name()), request.name());
            }
            throw new CudaError(Status.NOT_INITIALIZED, request.name() + ": no cuBLAS handle");
        }
        return handle;
    }

    private static int property(Request request, Reply reply) {
        int which = request.i32();
        if (request.i64() == 0 || which < 0 || which > 2) {
            throw Status.invalid("cublasGetProperty: property " + which);
        }
        int[] parts = {VERSION / 10000, VERSION / 100 % 100, VERSION % 100};
        reply.bytes(DataType.I32.encode(parts[which]));
        return Status.SUCCESS;
    }

    private static void setMathMode(Arguments a) {
        int mode = a.i32();
        int plain = mode & ~Handle.DISALLOW_REDUCED_PRECISION_REDUCTION;
        a.require(plain >= 0 && plain <= Handle.TF32_TENSOR_OP_MATH, "math mode " + mode);
        a.handle().mathMode(mode);
    }

    private static void setWorkspace(Arguments a) {
        long address = a.i64();
        long bytes = a.i64();
        a.require(address % WORKSPACE_ALIGNMENT == 0, "the workspace is not aligned to " + WORKSPACE_ALIGNMENT + " bytes");
        a.require(bytes >= 0 && (address != 0 || bytes == 0), "a null workspace of " + bytes + " bytes");
    }

    private void setMultiprocessors(Arguments a) {
        int count = a.i32();
        a.require(count >= 0 && count <= multiprocessors.getAsInt(), "multiprocessors " + count);
        a.handle().multiprocessors(count);
    }
}
