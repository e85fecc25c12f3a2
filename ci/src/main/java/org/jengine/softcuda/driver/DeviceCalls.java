package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** What devices there are, and what they are. */
final class DeviceCalls {
    private static final int PCI_BUS_ID = 33;
    private static final int PERFORMANCE_RANK = 1;
    private static final int ACCESS_SUPPORTED = 2;
    private static final int ATOMICS_SUPPORTED = 3;

    private final Driver driver;

    DeviceCalls(Driver driver) {
        this.driver = driver;
        driver.devices().forEach(device -> device.except(PCI_BUS_ID, device.bus()));
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuInit", (request, reply) -> {
            if (request.i32() != 0) {
                throw new CudaError(Status.INVALID_VALUE, "cuInit takes no flags");
            }
            driver.initialise();
            return Status.SUCCESS;
        });
        driver.add(calls, "cuDriverGetVersion", (request, reply) -> value(reply, driver.setup().version().cuda()));
        driver.add(calls, "cuDeviceGet", (request, reply) -> value(reply, driver.device(request.i32()).ordinal()));
        driver.add(calls, "cuDeviceGetCount", (request, reply) -> value(reply, driver.devices().size()));
        driver.add(calls, "cuDeviceGetName", (request, reply) -> text(reply, driver.device(request.i32()).profile().name()));
        driver.add(calls, "cuDeviceGetPCIBusId", (request, reply) -> text(reply, driver.device(request.i32()).pciBusId()));
        driver.add(calls, "cuDeviceGetByPCIBusId", this::byBus);
        driver.add(calls, "cuDeviceGetUuid", this::uuid);
        driver.add(calls, "cuDeviceTotalMem_v2", (request, reply) -> {
            reply.i64(driver.device(request.i32()).profile().memory());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuDeviceGetAttribute", this::attribute);
        driver.add(calls, "cuDeviceComputeCapability", (request, reply) -> {
            GpuProfile gpu = driver.device(request.i32()).profile();
            reply.i32(gpu.major());
            return value(reply, gpu.minor());
        });
        driver.add(calls, "cuDeviceGetProperties", this::properties);
        driver.add(calls, "cuDeviceGetTexture1DLinearMaxWidth", (request, reply) -> {
            throw new CudaError(Status.NOT_SUPPORTED, "textures are not provided");
        });
        driver.add(calls, "cuDeviceCanAccessPeer", (request, reply) -> {
            int device = driver.device(request.i32()).ordinal();
            return value(reply, device == driver.device(request.i32()).ordinal() ? 0 : 1);
        });
        driver.add(calls, "cuDeviceGetP2PAttribute", (request, reply) -> {
            int attribute = request.i32();
            int from = driver.device(request.i32()).ordinal();
            if (from == driver.device(request.i32()).ordinal() || attribute < PERFORMANCE_RANK) {
                throw new CudaError(Status.INVALID_DEVICE, "an attribute between a device and itself");
            }
            return value(reply, attribute == ACCESS_SUPPORTED || attribute == ATOMICS_SUPPORTED ? 1 : 0);
        });
    }

    private int attribute(Request request, Reply reply) {
        int number = request.i32();
        Device device = driver.device(request.i32());
        if (!device.profile().knows(number)) {
            throw new CudaError(Status.INVALID_VALUE, "there is no device attribute " + number);
        }
        return value(reply, device.attribute(number));
    }

    private int byBus(Request request, Reply reply) {
        String id = request.string();
        for (Device device : driver.devices()) {
            if (id != null && device.pciBusId().equalsIgnoreCase(id.matches("[^:]+:[^:]+") ? "0000:" + id : id)) {
                return value(reply, device.ordinal());
            }
        }
        throw new CudaError(Status.INVALID_VALUE, "there is no device at " + id);
    }

    /** The same for a device in each run, another for each device. */
    private int uuid(Request request, Reply reply) {
        Device device = driver.device(request.i32());
        UUID made = UUID.nameUUIDFromBytes((device.profile().name() + " " + device.ordinal()).getBytes(StandardCharsets.UTF_8));
        reply.bytes(ByteBuffer.allocate(16).putLong(made.getMostSignificantBits()).putLong(made.getLeastSignificantBits()).array());
        return Status.SUCCESS;
    }

    /** CUdevprop. */
    private int properties(Request request, Reply reply) {
        GpuProfile gpu = driver.device(request.i32()).profile();
        ByteBuffer out = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
        for (String name : ("MAX_THREADS_PER_BLOCK MAX_BLOCK_DIM_X MAX_BLOCK_DIM_Y MAX_BLOCK_DIM_Z MAX_GRID_DIM_X MAX_GRID_DIM_Y "
                + "MAX_GRID_DIM_Z MAX_SHARED_MEMORY_PER_BLOCK TOTAL_CONSTANT_MEMORY WARP_SIZE MAX_PITCH MAX_REGISTERS_PER_BLOCK "
                + "CLOCK_RATE TEXTURE_ALIGNMENT").split(" ")) {
            out.putInt(gpu.attribute(name));
        }
        reply.bytes(out.array());
        return Status.SUCCESS;
    }

    private static int value(Reply reply, int value) {
        reply.i32(value);
        return Status.SUCCESS;
    }

    private static int text(Reply reply, String text) {
        reply.bytes(text.getBytes(StandardCharsets.UTF_8));
        return Status.SUCCESS;
    }
}
