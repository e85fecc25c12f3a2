package org.jengine.softcuda.driver;

import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Launches of kernels and of host functions. */
final class LaunchCalls {
    private static final int AXES = 3;

    private final Driver driver;

    LaunchCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "softcudaParameters", this::parameters);
        driver.add(calls, "cuLaunchKernel", (request, reply) -> launch(request, false));
        driver.add(calls, "cuLaunchCooperativeKernel", (request, reply) -> launch(request, true));
        driver.add(calls, "cuLaunchHostFunc", (request, reply) -> {
            Stream stream = driver.stream(request, request.i64());
            long function = request.i64();
            driver.submit(request, stream, GraphNode.Type.HOST, new HostOperation("a host function", driver.setup().host(), function,
                    new long[] {request.i64()}));
            return Status.SUCCESS;
        });
    }

    /** Answers the bytes of all parameters, how many there are, and each one's offset and bytes. */
    private int parameters(Request request, Reply reply) {
        CudaFunction function = driver.handles().get("a launch", request.i64(), CudaFunction.class);
        List<Kernel.Parameter> parameters = function.kernel().parameters();
        reply.i32(bytes(function.kernel())).i32(parameters.size());
        parameters.forEach(parameter -> reply.i32(parameter.offset()).i32(parameter.bytes()));
        return Status.SUCCESS;
    }

    private static int bytes(Kernel kernel) {
        return kernel.parameters().stream().mapToInt(p -> p.offset() + p.bytes()).max().orElse(0);
    }

    private int launch(Request request, boolean cooperative) {
        KernelOperation operation = read(driver, request, cooperative);
        driver.submit(request, driver.stream(request, request.i64()), GraphNode.Type.KERNEL, operation);
        return Status.SUCCESS;
    }

    /** Reads function, grid, block, shared memory and arguments, and refuses what the GPU cannot do. */
    static KernelOperation read(Driver driver, Request request, boolean cooperative) {
        GpuProfile gpu = driver.context(request).device().profile();
        CudaFunction function = driver.handles().get(request.name(), request.i64(), CudaFunction.class);
        int[] grid = new int[AXES];
        int[] block = new int[AXES];
        Arrays.setAll(grid, i -> request.i32());
        Arrays.setAll(block, i -> request.i32());
        int shared = request.i32();
        byte[] arguments = request.bytes();
        Limits.require(function, grid, block, shared, gpu);
        if (cooperative) {
            Limits.requireCooperative(function, grid, block[0] * block[1] * block[2], shared, gpu);
        }
        int bytes = bytes(function.kernel());
        if (arguments.length < bytes) {
            throw new CudaError(Status.INVALID_VALUE, function.kernel().name() + " takes " + bytes + " bytes of arguments, not "
                    + arguments.length);
        }
        Launch launch = new Launch(function.kernel(), grid[0], grid[1], grid[2], block[0], block[1], block[2], shared,
                Arrays.copyOf(arguments, bytes), cooperative);
        return new KernelOperation(function, launch, driver.memory(), driver.setup().runner());
    }
}
