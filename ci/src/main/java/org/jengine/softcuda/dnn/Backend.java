package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.LongStream;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** The calls of cuDNN's graph interface: descriptors with attributes, and the execution of plans. */
final class Backend {
    private static final long FIRST_DESCRIPTOR = 0xcd_0000_0000L;
    private static final int GARBAGE = 0xffffffff;

    private final Dnn dnn;
    private final View view;
    private final Host host;
    private final Builder builder;
    private final Answers answers = new Answers(Dnn.VERSION);
    private final Map<Long, Descriptor> descriptors = new HashMap<>();
    private long next = FIRST_DESCRIPTOR;

    Backend(Dnn dnn, View view, Host host, IntSupplier capability) {
        this.dnn = dnn;
        this.view = view;
        this.host = host;
        builder = new Builder(capability, Dnn.VERSION);
    }

    void provide(CallTable calls) {
        dnn.add(calls, "cudnnBackendCreateDescriptor", this::create);
        dnn.add(calls, "cudnnBackendDestroyDescriptor", (request, reply) -> descriptors.remove(descriptor(request.i64()).id()));
        dnn.add(calls, "cudnnBackendInitialize", (request, reply) -> descriptor(request.i64()).clear());
        dnn.add(calls, "cudnnBackendFinalize", this::complete);
        dnn.add(calls, "cudnnBackendSetAttribute", this::set);
        dnn.add(calls, "cudnnBackendGetAttribute", this::get);
        dnn.add(calls, "cudnnBackendExecute", this::execute);
    }

    private Descriptor descriptor(long id) {
        Descriptor found = descriptors.get(id);
        Status.BAD_PARAM_NULL_POINTER.unless(id != 0, "a null descriptor");
        Status.BAD_PARAM.unless(found != null, "0x" + Long.toHexString(id) + " is no descriptor");
        return found;
    }

    private void create(Request request, Reply reply) {
        int number = request.i32();
        Status.BAD_PARAM_NULL_POINTER.unless(request.i64() != 0, "a null place for the descriptor");
        Kind kind = Kind.find(number);
        Status.NOT_SUPPORTED.unless(kind != null, "backend descriptors of type " + number);
        Descriptor made = new Descriptor(next, kind);
        descriptors.put(next, made);
        next++;
        reply.bytes(Dnn.bytes(made.id()));
    }

    private void complete(Request request, Reply reply) {
        Descriptor descriptor = descriptor(request.i64());
        Status.BAD_PARAM.unless(!descriptor.isFinal(), descriptor.kind().text() + " is final already");
        builder.finish(descriptor);
    }

    private static Attribute attribute(Descriptor descriptor, int number) {
        Attribute attribute = Attribute.find(descriptor.kind(), number);
        Status.BAD_PARAM.unless(attribute != null, descriptor.kind().text() + " has no attribute " + number);
        return attribute;
    }

    private void set(Request request, Reply reply) {
        Descriptor descriptor = descriptor(request.i64());
        Attribute attribute = attribute(descriptor, request.i32());
        int number = request.i32();
        long count = request.i64();
        byte[] elements = request.bytes();
        Status.NOT_INITIALIZED.unless(!descriptor.isFinal(),
                descriptor.kind().text() + " is final: " + attribute.text() + " cannot be set");
        Type type = Type.find(number);
        Status.BAD_PARAM_ATTRIBUTE_TYPE.unless(type != null && attribute.type().takes(type), attribute.text() + " has type "
                + attribute.type().number() + ", not " + number);
        Status.BAD_PARAM.unless(attribute.holds(count), attribute.text() + " cannot have " + count + " elements");
        Status.BAD_PARAM.unless(elements != null || count == 0, attribute.text() + ": the array of elements is null");
        if (type == Type.HANDLE) {
            dnn.session(longs(elements, count).get(0));
        }
        if (type != Type.DESCRIPTOR) {
            descriptor.set(attribute, type, elements == null ? new byte[0] : elements);
            return;
        }
        List<Descriptor> parts = new ArrayList<>();
        for (long id : longs(elements, count)) {
            Descriptor part = descriptor(id);
            Status.BAD_PARAM_NOT_FINALIZED.unless(part.isFinal(), attribute.text() + ": the " + part.kind().text() + " is not final");
            parts.add(part);
        }
        descriptor.set(attribute, parts);
    }

    private void get(Request request, Reply reply) {
        Descriptor descriptor = descriptor(request.i64());
        Attribute attribute = attribute(descriptor, request.i32());
        int number = request.i32();
        long room = request.i64();
        long countAt = request.i64();
        byte[] array = request.bytes();
        Status.NOT_INITIALIZED.unless(descriptor.isFinal(), descriptor.kind().text() + " is not final");
        Answers.Answer answer = answers.of(descriptor, attribute);
        Status.BAD_PARAM_ATTRIBUTE_TYPE.unless(answer.type().number() == number || attribute.type().takes(Type.find(number)),
                attribute.text() + " has type " + answer.type().number() + ", not " + number);
        Status.BAD_PARAM.unless(room >= 0, "room for " + room + " elements");
        Status.BAD_PARAM_NULL_POINTER.unless(countAt != 0 || array != null, "no place for the elements, nor for their number");
        int given = array == null ? answer.count() : (int) Math.min(room, answer.count());
        reply.i64(given);
        if (array == null) {
            reply.bytes(new byte[0]);
        } else if (answer.parts() == null) {
            reply.bytes(java.util.Arrays.copyOf(answer.elements(), given * answer.type().bytes()));
        } else {
            fill(attribute, longs(array, room), answer.parts().subList(0, given));
            reply.bytes(new byte[0]);
        }
    }

    /** Makes descriptors that the caller created into what was asked for. */
    private void fill(Attribute attribute, List<Long> ids, List<Answers.Part> parts) {
        for (int i = 0; i < parts.size(); i++) {
            Descriptor to = descriptor(ids.get(i));
            Answers.Part part = parts.get(i);
            Status.BAD_PARAM.unless(to.kind() == part.kind(),
                    attribute.text() + " is a " + part.kind().text() + ", not a " + to.kind().text());
            to.clear();
            to.finish(part.made());
        }
    }

    private static List<Long> longs(byte[] bytes, long count) {
        Status.BAD_PARAM.unless(bytes != null && bytes.length >= count * Long.BYTES && count > 0, "an empty array");
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> longs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            longs.add(buffer.getLong());
        }
        return longs;
    }

    private <T> T made(long id, Kind kind, Class<T> type) {
        Descriptor descriptor = descriptor(id);
        Status.BAD_PARAM.unless(descriptor.kind() == kind, descriptor.kind().text() + " instead of a " + kind.text());
        Status.BAD_PARAM_NOT_FINALIZED.unless(descriptor.isFinal(), "the " + kind.text() + " is not final");
        return descriptor.as(type);
    }

    private void execute(Request request, Reply reply) {
        Session session = dnn.session(request.i64());
        long id = request.i64();
        Plan plan = made(id, Kind.EXECUTION_PLAN, Plan.class);
        Builder.Pack pack = made(request.i64(), Kind.VARIANT_PACK, Builder.Pack.class);
        Status.BAD_PARAM.unless(descriptor(id).has(Attribute.EXECUTION_PLAN_HANDLE), "the plan has no CUDNN_ATTR_EXECUTION_PLAN_HANDLE");
        Map<Long, Long> places = new HashMap<>();
        Map<Long, Float> scalars = new HashMap<>();
        for (GraphTensor tensor : plan.graph().given()) {
            int at = pack.names().indexOf(tensor.uid());
            Status.BAD_PARAM.unless(at >= 0, "CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS lacks tensor " + tensor.uid());
            long place = pack.places().get(at);
            Status.BAD_PARAM_NULL_POINTER.unless(place != 0, "tensor " + tensor.uid() + " is null");
            if (tensor.byValue()) {
                byte[] value = host.read(place, tensor.tensor().type().bytes());
                scalars.put(tensor.uid(), (float) tensor.tensor().type().decode(value, 0));
                continue;
            }
            Status.BAD_PARAM_MISALIGNED_POINTER.unless(place % tensor.alignment() == 0, "tensor " + tensor.uid() + " at 0x"
                    + Long.toHexString(place) + " is not aligned to " + tensor.alignment() + " bytes");
            places.put(tensor.uid(), place);
        }
        Engine engine = plan.engine();
        Status.BAD_PARAM_NULL_POINTER.unless(engine.workspace() == 0 || pack.workspace() != 0,
                "CUDNN_ATTR_VARIANT_PACK_WORKSPACE is null, the plan needs " + engine.workspace() + " bytes");
        dnn.submit(request, session.stream(), turn -> {
            if (engine.workspace() > 0) {
                view.fill(turn, pack.workspace(), GARBAGE, 1, engine.workspace());
            }
            plan.graph().perform(new Store(view, turn, places, scalars, engine.rounds()));
        }, plan.cost(), LongStream.concat(places.values().stream().mapToLong(p -> p), LongStream.of(pack.workspace())).toArray());
    }
}
