package org.jengine.softcuda.programs;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocAsync;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeAsync;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostRegister;
import static jcuda.driver.JCudaDriver.cuMemHostUnregister;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static jcuda.driver.JCudaDriver.cuStreamWaitValue32;
import static jcuda.driver.JCudaDriver.cuStreamWriteValue32;
import static org.jengine.softcuda.programs.Cuda.check;
import static org.jengine.softcuda.programs.Cuda.function;
import static org.jengine.softcuda.programs.Cuda.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstreamWaitValue_flags;
import jcuda.driver.CUstreamWriteValue_flags;
import jcuda.driver.CUstream_flags;

/**
 * Programs with one fault each, in contexts of their own. Prints the fault's name and, below it, the lines that have come to the file that
 * SOFTCUDA_FAULTS names.
 */
public final class PlantedFaults {
    private static final int N = 64;

    private final Map<String, BiConsumer<Cuda, CUmodule>> faults = new LinkedHashMap<>();

    private PlantedFaults() {
    }

    public static void main(String[] names) throws IOException {
        PlantedFaults planted = new PlantedFaults();
        planted.kernels();
        planted.host();
        planted.streams();
        planted.memoryOfStreams();
        planted.handles();
        Path told = Path.of(System.getenv("SOFTCUDA_FAULTS"));
        int before = 0;
        for (Map.Entry<String, BiConsumer<Cuda, CUmodule>> fault : planted.faults.entrySet()) {
            try (Cuda cuda = new Cuda()) {
                fault.getValue().accept(cuda, cuda.module("faulty"));
                cuCtxSynchronize();
            }
            List<String> lines = Files.exists(told) ? Files.readAllLines(told) : List.of();
            System.out.println("fault " + fault.getKey());
            lines.subList(before, lines.size()).forEach(System.out::println);
            before = lines.size();
        }
    }

    private void kernels() {
        faults.put("store_past_end", (c, m) -> run(m, "store_past_end", c.buffer(4 * N), N));
        faults.put("load_before_start", (c, m) -> run(m, "load_before_start", c.buffer(4 * N), c.upload(new float[N])));
        faults.put("quad_past_end", (c, m) -> run(m, "quad_past_end", c.buffer(16 * 2 * N), c.upload(new float[4 * 2 * N - 2])));
        faults.put("quad_misaligned", (c, m) -> run(m, "quad_misaligned", c.buffer(4 * 2 * N), c.upload(new float[4 * 2 * N + 4])));
        faults.put("word_misaligned", (c, m) -> run(m, "word_misaligned", c.buffer(4 * 2 * N + 4)));
        faults.put("null_pointer", (c, m) -> run(m, "fill", new CUdeviceptr(), 1f, N));
        faults.put("barrier_missing", (c, m) -> run(m, "barrier_missing", c.buffer(4 * 2 * N), c.upload(new float[2 * N])));
        faults.put("warp_barrier_missing", (c, m) -> launch(function(m, "warp_barrier_missing"), 1, 32, 0, null, c.buffer(4 * 32)));
        faults.put("one_cell_for_all", (c, m) -> run(m, "one_cell_for_all", c.buffer(4 * 2 * N)));
        faults.put("shared_past_end", (c, m) -> launch(function(m, "shared_past_end"), 1, N, 4 * N, null, c.buffer(4 * N)));
        faults.put("shared_never_written", (c, m) -> run(m, "shared_never_written", c.buffer(4 * 2 * N)));
        faults.put("blocks_race", (c, m) -> run(m, "blocks_race", c.buffer(4 * N)));
        faults.put("threads_race", (c, m) -> run(m, "threads_race", c.buffer(4 * 2 * N)));
        faults.put("store_beside_atomic", (c, m) -> launch(function(m, "store_beside_atomic"), 1, N, 0, null, c.upload(0)));
        faults.put("barriers_differ", (c, m) -> run(m, "barriers_differ", c.buffer(4 * 2 * N)));
        faults.put("trapped", (c, m) -> run(m, "trapped", c.buffer(4 * 2 * N)));
        faults.put("never_written", (c, m) -> run(m, "twice", c.buffer(4 * N), c.buffer(4 * N), N));
        faults.put("never_written_through_copy", (c, m) -> {
            CUdeviceptr copy = c.buffer(4 * N);
            check(cuMemcpyDtoD(copy, c.buffer(4 * N), 4 * N));
            run(m, "twice", c.buffer(4 * N), copy, N);
        });
        faults.put("never_written_reused", (c, m) -> {
            CUdeviceptr first = new CUdeviceptr();
            CUdeviceptr second = new CUdeviceptr();
            CUstream stream = c.stream();
            check(cuMemAllocAsync(first, 4 * N, stream));
            check(launch(function(m, "fill"), 1, N, 0, stream, first, 1f, N));
            check(cuMemFreeAsync(first, stream));
            check(cuMemAllocAsync(second, 4 * N, stream));
            check(launch(function(m, "twice"), 1, N, 0, stream, c.buffer(4 * N), second, N));
            check(cuMemFreeAsync(second, stream));
        });
        faults.put("used_after_free", (c, m) -> {
            CUdeviceptr x = raw();
            check(cuMemFree(x));
            run(m, "twice", c.buffer(4 * N), x, N);
        });
    }

    private void host() {
        faults.put("host_pointer", (c, m) -> run(m, "twice", c.buffer(4 * N), Pointer.to(ByteBuffer.allocateDirect(4 * N)), N));
        faults.put("copy_past_end", (c, m) -> cuMemcpyDtoH(Pointer.to(new float[2 * N]), c.upload(new float[N]), 4 * 2 * N));
        faults.put("fill_past_end", (c, m) -> cuMemsetD32(c.buffer(4 * N), 0, N + 1));
        faults.put("device_pointer", (c, m) -> cuMemcpyHtoD(c.buffer(4 * N), c.upload(new float[N]), 4 * N));
        faults.put("host_reads_too_early", (c, m) -> {
            Pointer pinned = c.pinned(4 * N);
            check(cuMemcpyDtoHAsync(pinned, c.upload(new float[N]), 4 * N, c.stream()));
            bytes(pinned).getInt(8);
        });
        faults.put("host_writes_too_early", (c, m) -> {
            Pointer pinned = c.pinned(4 * N);
            check(cuMemcpyHtoDAsync(c.buffer(4 * N), pinned, 4 * N, c.stream()));
            bytes(pinned).putInt(8, 1);
        });
        faults.put("registered_read_too_early", (c, m) -> registered(memory -> {
            check(cuMemcpyDtoHAsync(Pointer.to(memory), c.upload(new float[memory.capacity() / 4]), memory.capacity(), c.stream()));
            memory.getInt(memory.capacity() / 2);
        }));
        faults.put("registered_written_too_early", (c, m) -> registered(memory -> {
            check(cuMemcpyHtoDAsync(c.buffer(memory.capacity()), Pointer.to(memory), memory.capacity(), c.stream()));
            memory.putInt(memory.capacity() / 2, 1);
        }));
    }

    /** Memory of the program's own that is page-locked while it is used; pages in its midst are wholly its own. */
    private static void registered(Consumer<ByteBuffer> use) {
        ByteBuffer memory = ByteBuffer.allocateDirect(1 << 16);
        check(cuMemHostRegister(Pointer.to(memory), memory.capacity(), 0));
        use.accept(memory);
        cuCtxSynchronize();
        check(cuMemHostUnregister(Pointer.to(memory)));
    }

    private void streams() {
        faults.put("event_missing", (c, m) -> {
            CUdeviceptr x = c.upload(new float[N]);
            check(launch(function(m, "fill"), 1, N, 0, c.stream(), x, 1f, N));
            check(launch(function(m, "twice"), 1, N, 0, c.stream(), c.buffer(4 * N), x, N));
        });
        faults.put("event_recorded_too_early", (c, m) -> {
            CUdeviceptr x = c.upload(new float[N]);
            CUstream first = c.stream();
            CUstream second = c.stream();
            CUevent event = c.event();
            check(cuEventRecord(event, first));
            check(launch(function(m, "fill"), 1, N, 0, first, x, 1f, N));
            check(cuStreamWaitEvent(second, event, 0));
            check(launch(function(m, "twice"), 1, N, 0, second, c.buffer(4 * N), x, N));
        });
        faults.put("copy_beside_kernel", (c, m) -> {
            CUdeviceptr x = c.upload(new float[N]);
            check(launch(function(m, "fill"), 1, N, 0, c.stream(), x, 1f, N));
            check(cuMemcpyDtoHAsync(c.pinned(4 * N), x, 4 * N, c.stream()));
        });
        faults.put("value_without_barrier", (c, m) -> {
            CUstream one = c.stream();
            CUstream two = c.stream();
            CUdeviceptr x = c.buffer(4 * N);
            CUdeviceptr flag = c.upload(0);
            check(launch(function(m, "fill"), 1, N, 0, one, x, 1f, N));
            check(cuStreamWriteValue32(one, flag, 1, CUstreamWriteValue_flags.CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER));
            check(cuStreamWaitValue32(two, flag, 1, CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_EQ));
            check(launch(function(m, "twice"), 1, N, 0, two, c.buffer(4 * N), x, N));
        });
        faults.put("value_never_written", (c, m) -> {
            check(cuStreamWaitValue32(c.stream(), c.upload(0), 1, CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_EQ));
        });
        faults.put("branches_of_a_graph", (c, m) -> {
            CUdeviceptr x = c.upload(new float[N]);
            CUdeviceptr y = c.buffer(4 * N);
            CUstream first = c.stream();
            CUstream second = c.stream();
            CUevent fork = c.event();
            CUevent join = c.event();
            CUgraph graph = new CUgraph();
            CUgraphExec exec = new CUgraphExec();
            check(cuStreamBeginCapture(first, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
            check(cuEventRecord(fork, first));
            check(cuStreamWaitEvent(second, fork, 0));
            check(launch(function(m, "fill"), 1, N, 0, first, x, 1f, N));
            check(launch(function(m, "twice"), 1, N, 0, second, y, x, N));
            check(cuEventRecord(join, second));
            check(cuStreamWaitEvent(first, join, 0));
            check(cuStreamEndCapture(first, graph));
            check(cuGraphInstantiate(exec, graph, 0));
            check(cuGraphLaunch(exec, first));
            check(cuStreamSynchronize(first));
        });
        faults.put("freed_while_queued", (c, m) -> {
            CUdeviceptr x = new CUdeviceptr();
            CUstream first = c.stream();
            CUstream second = c.stream();
            CUevent allocated = c.event();
            check(cuMemAllocAsync(x, 4 * N, first));
            // Else it may be freed before it is there, which is another fault.
            check(cuEventRecord(allocated, first));
            check(cuStreamWaitEvent(second, allocated, 0));
            check(launch(function(m, "fill"), 1, N, 0, first, x, 1f, N));
            check(cuMemFreeAsync(x, second));
        });
        faults.put("freed_beside_kernel", (c, m) -> {
            CUdeviceptr x = raw();
            check(launch(function(m, "fill"), 1, N, 0, c.stream(), x, 1f, N));
            check(cuMemFree(x));
        });
        faults.put("pinned_freed_while_queued", (c, m) -> {
            Pointer pinned = new Pointer();
            check(cuMemAllocHost(pinned, 4 * N));
            check(cuMemcpyDtoHAsync(pinned, c.upload(new float[N]), 4 * N, c.stream()));
            cuMemFreeHost(pinned);
        });
        faults.put("synchronised_while_capturing", (c, m) -> {
            CUstream first = c.stream();
            check(cuStreamBeginCapture(first, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
            cuStreamSynchronize(first);
            cuStreamEndCapture(first, new CUgraph());
        });
        faults.put("allocated_while_capturing", (c, m) -> {
            CUstream first = c.stream();
            check(cuStreamBeginCapture(first, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
            cuMemAlloc(new CUdeviceptr(), 4 * N);
            cuStreamEndCapture(first, new CUgraph());
        });
        faults.put("branch_never_joined", (c, m) -> {
            CUstream first = c.stream();
            CUstream second = c.stream();
            CUevent fork = c.event();
            CUdeviceptr x = c.buffer(4 * N);
            check(cuStreamBeginCapture(first, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
            check(cuEventRecord(fork, first));
            check(cuStreamWaitEvent(second, fork, 0));
            check(launch(function(m, "fill"), 1, N, 0, second, x, 1f, N));
            cuStreamEndCapture(first, new CUgraph());
        });
    }

    private void memoryOfStreams() {
        faults.put("async_memory_used_elsewhere", (c, m) -> {
            CUdeviceptr x = new CUdeviceptr();
            CUstream first = c.stream();
            CUstream second = c.stream();
            CUevent used = c.event();
            check(cuMemAllocAsync(x, 4 * N, first));
            check(launch(function(m, "fill"), 1, N, 0, second, x, 1f, N));
            // The fault may have ended the context by now, which is theirs to tell.
            cuEventRecord(used, second);
            cuStreamWaitEvent(first, used, 0);
            cuMemFreeAsync(x, first);
        });
        faults.put("graph_memory_used_elsewhere", (c, m) -> {
            CUdeviceptr x = new CUdeviceptr();
            CUstream first = c.stream();
            CUstream second = c.stream();
            CUevent used = c.event();
            check(cuGraphLaunch(taking(m, first, x), first));
            check(launch(function(m, "twice"), 1, N, 0, second, c.buffer(4 * N), x, N));
            // The fault may have ended the context by now, which is theirs to tell.
            cuEventRecord(used, second);
            cuStreamWaitEvent(first, used, 0);
            cuMemFreeAsync(x, first);
        });
        faults.put("graph_memory_never_freed", (c, m) -> {
            CUstream first = c.stream();
            check(cuGraphLaunch(taking(m, first, new CUdeviceptr()), first));
            check(cuStreamSynchronize(first));
        });
    }

    /** A graph that takes memory, and fills it. */
    private static CUgraphExec taking(CUmodule m, CUstream stream, CUdeviceptr x) {
        CUgraph graph = new CUgraph();
        CUgraphExec exec = new CUgraphExec();
        check(cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        check(cuMemAllocAsync(x, 4 * N, stream));
        check(launch(function(m, "fill"), 1, N, 0, stream, x, 1f, N));
        check(cuStreamEndCapture(stream, graph));
        check(cuGraphInstantiate(exec, graph, 0));
        return exec;
    }

    private void handles() {
        faults.put("stream_destroyed", (c, m) -> {
            CUstream first = new CUstream();
            check(cuStreamCreate(first, CUstream_flags.CU_STREAM_NON_BLOCKING));
            CUdeviceptr x = c.buffer(4 * N);
            check(cuStreamDestroy(first));
            launch(function(m, "fill"), 1, N, 0, first, x, 1f, N);
        });
        faults.put("event_destroyed", (c, m) -> {
            CUevent event = new CUevent();
            check(cuEventCreate(event, 0));
            check(cuEventDestroy(event));
            cuEventRecord(event, c.stream());
        });
        faults.put("freed_twice", (c, m) -> {
            CUdeviceptr x = raw();
            check(cuMemFree(x));
            cuMemFree(x);
        });
        faults.put("never_freed", (c, m) -> raw());
    }

    private static void run(CUmodule module, String kernel, Object... arguments) {
        CUfunction function = function(module, kernel);
        check(launch(function, 2, N, 0, null, arguments));
        cuCtxSynchronize();
    }

    /** Memory that nobody frees unless the fault does. */
    private static CUdeviceptr raw() {
        CUdeviceptr pointer = new CUdeviceptr();
        check(cuMemAlloc(pointer, 4 * N));
        return pointer;
    }

    private static ByteBuffer bytes(Pointer pinned) {
        return pinned.getByteBuffer(0, 4 * N);
    }
}
