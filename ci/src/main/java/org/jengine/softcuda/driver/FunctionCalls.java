package org.jengine.softcuda.driver;

import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** What functions need, what may be asked of them, and how many blocks of them fit on a multiprocessor. */
final class FunctionCalls {
    private static final int MAX_THREADS = 0;
    private static final int STATIC_SHARED = 1;
    private static final int CONSTANT_BYTES = 2;
    private static final int LOCAL_BYTES = 3;
    private static final int REGISTERS = 4;
    private static final int PTX_VERSION = 5;
    private static final int BINARY_VERSION = 6;
    private static final int CACHE_MODE_CA = 7;
    private static final int DYNAMIC_SHARED = 8;
    private static final int CARVEOUT = 9;
    private static final int LAST = 15;
    private static final int MOST_PERCENT = 100;
    private static final int TEN = 10;

    private final Driver driver;

    FunctionCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuFuncGetAttribute", (request, reply) -> {
            int attribute = request.i32();
            reply.i32(attribute(attribute, find(request), driver.context(request).device().profile()));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuFuncSetAttribute", this::set);
        driver.add(calls, "cuFuncSetCacheConfig", (request, reply) -> {
            find(request);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuFuncSetSharedMemConfig", (request, reply) -> {
            find(request);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuFuncGetModule", (request, reply) -> {
            CudaModule module = find(request).module();
            reply.i64(driver.handles().of(module));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuOccupancyMaxActiveBlocksPerMultiprocessor", this::blocks);
        driver.add(calls, "cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags", this::blocks);
        driver.add(calls, "cuOccupancyAvailableDynamicSMemPerBlock", this::available);
    }

    private CudaFunction find(Request request) {
        driver.context(request);
        return driver.handles().get(request.name(), request.i64(), CudaFunction.class);
    }

    private static int attribute(int attribute, CudaFunction function, GpuProfile gpu) {
        Kernel kernel = function.kernel();
        if (attribute < 0 || attribute > LAST) {
            throw new CudaError(Status.INVALID_VALUE, "there is no function attribute " + attribute);
        }
        return switch (attribute) {
            case MAX_THREADS -> Limits.holds(function, gpu);
            case STATIC_SHARED -> kernel.staticShared();
            case CONSTANT_BYTES -> kernel.parameters().stream().mapToInt(p -> p.offset() + p.bytes()).max().orElse(0);
            case LOCAL_BYTES -> kernel.localBytes();
            case REGISTERS -> function.registers(gpu);
            case PTX_VERSION -> function.module().ptxVersion();
            case BINARY_VERSION -> gpu.major() * TEN + gpu.minor();
            case CACHE_MODE_CA -> 0;
            case DYNAMIC_SHARED -> function.mostDynamicShared();
            case CARVEOUT -> function.carveout();
            default -> 0;
        };
    }

    private int set(Request request, Reply reply) {
        CudaFunction function = find(request);
        GpuProfile gpu = driver.context(request).device().profile();
        int attribute = request.i32();
        int value = request.i32();
        int most = gpu.attribute("MAX_SHARED_MEMORY_PER_BLOCK_OPTIN") - function.kernel().staticShared();
        if (attribute == DYNAMIC_SHARED && value >= 0 && value <= most) {
            function.mostDynamicShared(value);
        } else if (attribute == CARVEOUT && value >= -1 && value <= MOST_PERCENT) {
            function.carveout(value);
        } else {
            throw new CudaError(Status.INVALID_VALUE, "attribute " + attribute + " of " + function.kernel().name() + " cannot be " + value
                    + (attribute == DYNAMIC_SHARED ? "; " + most + " is the most" : ""));
        }
        return Status.SUCCESS;
    }

    private int blocks(Request request, Reply reply) {
        CudaFunction function = find(request);
        int threads = request.i32();
        long shared = request.i64();
        GpuProfile gpu = driver.context(request).device().profile();
        if (threads <= 0 || shared < 0) {
            throw new CudaError(Status.INVALID_VALUE, "a block of " + threads + " threads");
        }
        reply.i32(Limits.blocks(function, threads, shared, gpu));
        return Status.SUCCESS;
    }

    /** How much dynamic shared memory each of so many blocks could have. */
    private int available(Request request, Reply reply) {
        CudaFunction function = find(request);
        int blocks = request.i32();
        int threads = request.i32();
        GpuProfile gpu = driver.context(request).device().profile();
        if (blocks <= 0 || threads <= 0 || Limits.blocks(function, threads, 0, gpu) < blocks) {
            throw new CudaError(Status.INVALID_VALUE, blocks + " blocks of " + threads + " threads do not fit on a multiprocessor");
        }
        long most = gpu.attribute("MAX_SHARED_MEMORY_PER_BLOCK_OPTIN") - function.kernel().staticShared();
        while (most > 0 && Limits.blocks(function, threads, most, gpu) < blocks) {
            most -= Limits.SHARED_UNIT;
        }
        reply.i64(Math.max(0, most));
        return Status.SUCCESS;
    }
}
