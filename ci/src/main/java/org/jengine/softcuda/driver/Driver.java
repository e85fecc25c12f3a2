package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.Call;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Submitter;
import org.jengine.softcuda.work.Turn;

/** The driver API over the software devices. */
public final class Driver implements Submitter {
    /**
     * What the driver is made of.
     *
     * @param gpus   the devices
     * @param version which driver it is
     * @param loader loads modules
     * @param runner runs kernels
     * @param seed   draws the order in which streams run
     * @param watch  whether pinned memory is watched
     * @param counts is told what was done
     */
    public record Setup(List<GpuProfile> gpus, Version version, AddressSpace space, View view, Host host, Reports reports,
            Program.Loader loader, KernelOperation.Runner runner, long seed, boolean watch, Counts counts) {
    }

    private static final Set<String> BEFORE_INIT = Set.of("cuInit", "cuDriverGetVersion");

    private final Setup setup;
    private final List<Device> devices = new ArrayList<>();
    private final List<Context> contexts = new ArrayList<>();
    private final Clocks clocks = new Clocks();
    private final Handles handles;
    private final Threads threads = new Threads();
    private final HostRanges ranges;
    private final Scheduler scheduler;
    private final Streams streams;
    private final Memory memory;
    /** What the program itself does to device memory is on a chain of its own. */
    private final int hostChain = clocks.open();
    private boolean initialised;

    public Driver(Setup setup) {
        this.setup = setup;
        for (GpuProfile gpu : setup.gpus) {
            devices.add(new Device(devices.size(), gpu));
        }
        handles = new Handles(setup.reports);
        ranges = new HostRanges(setup.host, setup.reports);
        scheduler = new Scheduler(clocks, setup.reports, setup.seed, setup.counts, task -> {
            if (setup.watch) {
                ranges.begin(task);
            }
        }, ranges::end);
        streams = new Streams(scheduler, clocks, handles, setup.reports);
        memory = new Memory(setup.space, setup.view, setup.host, setup.reports);
    }

    /** Adds the functions. */
    public void provide(CallTable calls) {
        calls.add("softcudaTouch", (request, reply) -> {
            boolean write = request.i32() != 0;
            ranges.touched(request.i64(), request.i64(), write);
            return Status.SUCCESS;
        });
        new DeviceCalls(this).provide(calls);
        new ContextCalls(this).provide(calls);
        new ModuleCalls(this).provide(calls);
        new LinkCalls(this).provide(calls);
        new FunctionCalls(this).provide(calls);
        new LaunchCalls(this).provide(calls);
        new MemoryCalls(this).provide(calls);
        new ManagedCalls(this).provide(calls);
        new HostMemoryCalls(this).provide(calls);
        new PointerCalls(this).provide(calls);
        new CopyCalls(this).provide(calls);
        new FillCalls(this).provide(calls);
        new AttributeCalls(this).provide(calls);
        new StreamCalls(this).provide(calls);
        new ValueCalls(this).provide(calls);
        new EventCalls(this).provide(calls);
        new GraphCalls(this).provide(calls);
        new NodeCalls(this).provide(calls);
        new ExecCalls(this).provide(calls);
    }

    /** A symbol's name as programs write it: without the version that the header adds. */
    static String plain(String symbol) {
        int version = symbol.lastIndexOf("_v");
        return version < 0 || version < symbol.length() - 3 ? symbol : symbol.substring(0, version);
    }

    /** A function that may be called only after cuInit. */
    void add(CallTable calls, String name, Call call) {
        calls.add(name, BEFORE_INIT.contains(name) ? call : (request, reply) -> {
            if (!initialised) {
                throw new CudaError(Status.NOT_INITIALIZED, name + " before cuInit");
            }
            return call.answer(request, reply);
        });
    }

    void initialise() {
        initialised = true;
    }

    Setup setup() {
        return setup;
    }

    Clocks clocks() {
        return clocks;
    }

    Handles handles() {
        return handles;
    }

    Threads threads() {
        return threads;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Streams streams() {
        return streams;
    }

    Memory memory() {
        return memory;
    }

    List<Device> devices() {
        return devices;
    }

    Device device(int ordinal) {
        if (ordinal < 0 || ordinal >= devices.size()) {
            throw new CudaError(Status.INVALID_DEVICE, "there is no device " + ordinal);
        }
        return devices.get(ordinal);
    }

    Context create(Device device, int flags) {
        long handle = handles.number();
        Context made = new Context(handle, device, flags, clocks.open());
        handles.put(handle, made);
        contexts.add(made);
        return made;
    }

    /** Ends a context: its work is done, its memory freed, and whatever the program still has of it means nothing any more. */
    void destroy(Context context, String call) {
        if (context.broken() == Status.SUCCESS) {
            streams.finish(context);
        }
        scheduler.drop(context);
        memory.endOf(context, call);
        for (Stream stream : List.copyOf(context.streams())) {
            streams.destroy(stream);
        }
        for (CudaModule module : handles.all(CudaModule.class)) {
            if (module.context() == context) {
                module.program().unload();
            }
        }
        context.die();
        contexts.remove(context);
        handles.remove(context.handle(), "a destroyed context");
    }

    /** The program has ended. What it asked for is still done, so that faults in it are found. */
    public void end() {
        scheduler.end();
        for (Context context : List.copyOf(contexts)) {
            memory.endOf(context, "the program's end");
        }
    }

    /** The graph that a turn belongs to; null if it belongs to none. */
    public static String graphOf(Turn turn) {
        return GraphExec.graphOf(turn.stream());
    }

    /** Whether there is work that could be done now. */
    public boolean waits() {
        return scheduler.waits();
    }

    /** Whether work waits for a value that the program may write without a call. */
    public boolean watches() {
        return scheduler.watches();
    }

    /** Does a piece of it. */
    public void step() {
        scheduler.step();
    }

    /** The context that is current to the calling thread and can be used. */
    Context context(Request request) {
        return context(request.thread(), request.name());
    }

    private Context context(int thread, String call) {
        Context current = threads.current(thread);
        if (!initialised) {
            throw new CudaError(Status.NOT_INITIALIZED, call + " before cuInit");
        }
        if (current == null) {
            throw new CudaError(Status.INVALID_CONTEXT, "no context is current to the thread that calls " + call);
        }
        if (!current.alive()) {
            throw new CudaError(Status.CONTEXT_IS_DESTROYED, "the context that is current to the thread was destroyed");
        }
        requireWhole(current);
        return current;
    }

    /** Answers the fault that ended the context, if one did. */
    static void requireWhole(Context context) {
        if (context.broken() != Status.SUCCESS) {
            throw new CudaError(context.broken(), "a fault has ended the context");
        }
    }

    /** Ends a call as its user asked for; if no context survives that status, the one that is current ends with it. */
    public int fail(Request request, int status) {
        Context current = threads.current(request.thread());
        if (current != null && Status.endsContext(status)) {
            current.breakWith(status);
        }
        return status;
    }

    /** The stream that a call means; its context must be whole. */
    Stream stream(Request request, long handle) {
        Stream found = streams.find(request.name(), context(request), request.thread(), handle);
        requireWhole(found.context());
        return found;
    }

    /** Puts work into a stream; some of what waits may be performed. */
    void submit(Request request, Stream stream, GraphNode.Type type, Operation operation) {
        streams.submit(request.name(), stream, type, operation);
        scheduler.mayPerform();
    }

    /** Puts work into a stream and waits for it. */
    void perform(Request request, Stream stream, GraphNode.Type type, Operation operation) {
        Task task = streams.submit(request.name(), stream, type, operation);
        if (task != null) {
            scheduler.finish(task);
            requireWhole(stream.context());
        }
    }

    /**
     * Tells of work that the program has not waited for and that uses memory which is about to go; then it has waited. A free of device
     * memory waits for the null stream, as programs may rely on; that it waits for other streams too, as drivers of today do, is promised
     * nowhere.
     */
    void freed(String call, Memory.Owned one) {
        if (one.hostAddress() == 0) {
            streams.finish(one.context().legacy());
        }
        for (Task task : scheduler.unknown()) {
            boolean uses = false;
            for (long address : one.hostAddress() == 0 || task.operation() == null ? new long[0] : task.operation().addresses()) {
                uses |= one.allocation().holds(address, 1);
            }
            if (uses) {
                setup.reports.add(new Report(Report.Rule.FREED_WHILE_QUEUED, one.allocation()
                        + " is freed before the program has waited for " + task + ", which uses it", "in " + plain(call)),
                        call + one.allocation().label());
            }
        }
        int[] known = clocks.host();
        streams.perform(one.context());
        if (one.hostAddress() == 0) {
            int number = clocks.turn(hostChain, clocks.place(hostChain));
            setup.view.freed(new Turn(number, plain(call), "the program", earlier -> clocks.before(earlier, known)), one.allocation());
        }
        streams.finish(one.context());
    }

    @Override
    public void submit(int thread, long stream, Operation operation) {
        Stream found = streams.find(operation.name(), context(thread, operation.name()), thread, stream);
        requireWhole(found.context());
        streams.submit(operation.name(), found, GraphNode.Type.KERNEL, new LibraryOperation(operation, memory));
        scheduler.mayPerform();
    }

    @Override
    public void await(int thread, long stream) {
        Stream found = streams.find("a library call", context(thread, "a library call"), thread, stream);
        streams.notCapturing("a library call that hands a result to the program", found);
        streams.finish(found);
        requireWhole(found.context());
    }
}
