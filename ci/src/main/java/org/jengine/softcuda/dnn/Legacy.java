package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Turn;

/** What cuDNN's calls before the graph interface share: their descriptors, and how they read arguments and write results. */
final class Legacy {
    private static final long FIRST_DESCRIPTOR = 0xcd_f000_0000L;
    private static final int HOST_SCALAR = 1;

    private final Dnn dnn;
    private final Map<Long, Object> descriptors = new HashMap<>();
    private long next = FIRST_DESCRIPTOR;

    Legacy(Dnn dnn) {
        this.dnn = dnn;
    }

    /** What a descriptor is before it is set. */
    private record Unset(String kind) {
    }

    void provide(CallTable calls) {
        new LegacyTensors(this).provide(calls);
        new LegacyConvolutions(this).provide(calls);
        new LegacyLayers(this).provide(calls);
        new LegacyNorms(this).provide(calls);
    }

    /** cudnnNanPropagation_t. */
    static void requireNan(int nan) {
        Status.BAD_PARAM.unless(nan == 0 || nan == 1, "NaN propagation " + nan);
    }

    /** Adds the calls that create and destroy a kind of descriptor. */
    void kind(CallTable calls, String kind) {
        add(calls, "cudnnCreate" + kind + "Descriptor", call -> {
            Status.BAD_PARAM_NULL_POINTER.unless(call.i64() != 0, "a null place for the descriptor");
            descriptors.put(next, new Unset(kind));
            call.answer(Dnn.bytes(next++));
        });
        add(calls, "cudnnDestroy" + kind + "Descriptor", call -> {
            long id = call.i64();
            if (id != 0) {
                call.find(id, Object.class, kind);
            }
            descriptors.remove(id);
        });
    }

    void add(CallTable calls, String name, Consumer<Call> body) {
        dnn.add(calls, name, (request, reply) -> body.accept(new Call(request, reply)));
    }

    /** One call: its arguments in the order of the C signature. */
    final class Call {
        private final Request request;
        private final Reply reply;

        Call(Request request, Reply reply) {
            this.request = request;
            this.reply = reply;
        }

        int i32() {
            return request.i32();
        }

        long i64() {
            return request.i64();
        }

        double f64() {
            return request.f64();
        }

        float f32() {
            return request.f32();
        }

        /** An array of int. */
        int[] ints() {
            byte[] bytes = request.bytes();
            Status.BAD_PARAM_NULL_POINTER.unless(bytes != null, "a null array");
            int[] ints = new int[bytes.length / Integer.BYTES];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ints);
            return ints;
        }

        /** alpha or beta, which lie in the program's memory. */
        float scalar() {
            int kind = request.i32();
            Status.BAD_PARAM_NULL_POINTER.unless(kind == HOST_SCALAR, "a null scalar");
            return ByteBuffer.wrap(request.bytes()).order(ByteOrder.LITTLE_ENDIAN).getFloat();
        }

        Session session() {
            return dnn.session(request.i64());
        }

        /** A descriptor that was set. */
        <T> T descriptor(Class<T> type) {
            return find(i64(), type, type.getSimpleName());
        }

        /** As {@link #descriptor}, or null for a null one. */
        <T> T perhaps(Class<T> type) {
            long id = i64();
            return id == 0 ? null : find(id, type, type.getSimpleName());
        }

        /** The descriptor of a number. */
        <T> T find(long id, Class<T> type, String what) {
            Object found = descriptors.get(id);
            Status.BAD_PARAM_NULL_POINTER.unless(id != 0, "a null descriptor");
            Status.BAD_PARAM.unless(type.isInstance(found), "0x" + Long.toHexString(id) + " is no descriptor that was set (" + what + ")");
            return type.cast(found);
        }

        /** A descriptor that will be set: its number, for {@link #set}. */
        long target() {
            long id = i64();
            find(id, Object.class, "any");
            return id;
        }

        void set(long id, Object value) {
            descriptors.put(id, value);
        }

        /** A tensor of floats, halves or bfloat16, with its address. */
        Operand operand() {
            return new Operand(descriptor(Tensor.class), i64()).checked();
        }

        void answer(byte[] bytes) {
            reply.bytes(bytes);
        }

        /** Answers one place, whose address is read. */
        void place(byte[] bytes) {
            i64();
            reply.bytes(bytes);
        }

        /** Answers places for one int each, in their order; their addresses are read. */
        void answers(int... values) {
            for (int value : values) {
                i64();
                reply.bytes(Dnn.bytes(value));
            }
        }

        void submit(Session session, Consumer<Turn> body) {
            dnn.submit(request, session.stream(), body);
        }
    }

    /** A tensor in device memory. */
    record Operand(Tensor tensor, long address) {
        private Operand checked() {
            Status.NOT_SUPPORTED_DATA_TYPE.unless(Types.isReal(tensor.type()), "tensors of " + tensor.type());
            return this;
        }

        Operand present() {
            Status.BAD_PARAM_NULL_POINTER.unless(address != 0, "a null tensor");
            return this;
        }

        int[] dims() {
            return tensor.dims();
        }

        float[] read(View view, Turn turn) {
            return tensor.read(view, turn, address);
        }

        /** alpha * made + beta * what is there; that is not read where beta is zero. */
        void blend(View view, Turn turn, float[] made, float alpha, float beta) {
            float[] old = beta == 0 ? null : read(view, turn);
            float[] sum = new float[made.length];
            for (int i = 0; i < sum.length; i++) {
                sum[i] = alpha * made[i] + (old == null ? 0 : beta * old[i]);
            }
            tensor.write(view, turn, address, sum);
        }
    }

    int capability() {
        return dnn.capability();
    }

    View view() {
        return dnn.view();
    }
}
