package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/**
 * Attributes of streams and of kernel nodes, as far as JCuda 12.6 can pass them: it takes an access policy window's fields from the wrong
 * object, which ends the JVM, and refuses every other attribute but these by itself.
 */
final class AttributeCalls {
    /** CUlaunchAttributeID. */
    private static final int COOPERATIVE = 2;
    private static final int SYNCHRONISATION_POLICY = 3;
    private static final int LAST_POLICY = 4;
    private static final int BYTES = 64;

    private final Driver driver;

    AttributeCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuStreamSetAttribute", (request, reply) -> {
            Stream stream = driver.stream(request, request.i64());
            int policy = value(request, SYNCHRONISATION_POLICY);
            if (policy < 1 || policy > LAST_POLICY) {
                throw new CudaError(Status.INVALID_VALUE, "there is no synchronization policy " + policy);
            }
            stream.policy(policy);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamGetAttribute", (request, reply) -> {
            Stream stream = driver.stream(request, request.i64());
            return answer(request, reply, SYNCHRONISATION_POLICY, stream.policy());
        });
        driver.add(calls, "cuStreamCopyAttributes", (request, reply) -> {
            Stream to = driver.stream(request, request.i64());
            to.policy(driver.stream(request, request.i64()).policy());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphKernelNodeSetAttribute", (request, reply) -> {
            GraphNode node = NodeCalls.node(driver, request, GraphNode.Type.KERNEL);
            int value = value(request, COOPERATIVE);
            if (value != 0 && value != 1) {
                throw new CudaError(Status.INVALID_VALUE, "a kernel is cooperative (1) or not (0), not " + value);
            }
            cooperative(node, value == 1);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphKernelNodeGetAttribute", (request, reply) -> {
            GraphNode node = NodeCalls.node(driver, request, GraphNode.Type.KERNEL);
            return answer(request, reply, COOPERATIVE, KernelOperation.isCooperative(node.operation()) ? 1 : 0);
        });
        driver.add(calls, "cuGraphKernelNodeCopyAttributes", (request, reply) -> {
            GraphNode to = NodeCalls.node(driver, request, GraphNode.Type.KERNEL);
            cooperative(to, KernelOperation.isCooperative(NodeCalls.node(driver, request, GraphNode.Type.KERNEL).operation()));
            return Status.SUCCESS;
        });
    }

    private static void cooperative(GraphNode node, boolean value) {
        if (node.operation() instanceof KernelOperation kernel) {
            node.operation(kernel.cooperative(value));
        } else if (value) {
            throw new CudaError(Status.NOT_SUPPORTED, "the node holds " + node.operation().name() + ", no kernel of the program's");
        }
    }

    /** Reads which attribute is meant and its value, which is 4 bytes of a union. */
    private static int value(Request request, int known) {
        require(request.i32(), known);
        byte[] value = request.bytes();
        if (value == null) {
            throw new CudaError(Status.INVALID_VALUE, request.name() + " without a value");
        }
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private static int answer(Request request, Reply reply, int known, int value) {
        require(request.i32(), known);
        reply.bytes(ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        return Status.SUCCESS;
    }

    private static void require(int attribute, int known) {
        if (attribute <= 0) {
            throw new CudaError(Status.INVALID_VALUE, "there is no launch attribute " + attribute);
        }
        if (attribute != known) {
            throw new CudaError(Status.NOT_SUPPORTED, "launch attribute " + attribute + " is not provided");
        }
    }
}
