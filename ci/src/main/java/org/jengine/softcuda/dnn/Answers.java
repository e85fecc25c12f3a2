package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What attributes of final descriptors say: what was set, and what follows from it. */
final class Answers {
    private static final int TENSOR_CORE = 0;
    private static final int DOWN_CONVERT_INPUTS = 1;
    private static final int NONDETERMINISTIC = 4;
    private static final int RUNTIME_COMPILATION = 0;
    /** The largest number of an engine. */
    private static final int LAST_ENGINE = 74;

    /** @param parts what the caller's descriptors become, if the attribute is of descriptors; else null */
    record Answer(Type type, byte[] elements, List<Part> parts) {
        int count() {
            return parts != null ? parts.size() : elements.length / type.bytes();
        }
    }

    /** What one descriptor becomes. */
    record Part(Kind kind, Object made) {
    }

    private final int version;

    Answers(int version) {
        this.version = version;
    }

    Answer of(Descriptor from, Attribute attribute) {
        return switch (attribute) {
            case ENGINEHEUR_RESULTS -> {
                List<Part> parts = new ArrayList<>();
                from.as(Builder.Choices.class).all().forEach(choice -> parts.add(new Part(Kind.ENGINECFG, choice)));
                yield new Answer(Type.DESCRIPTOR, null, parts);
            }
            case ENGINECFG_ENGINE -> new Answer(Type.DESCRIPTOR, null, List.of(new Part(Kind.ENGINE, from.as(Builder.Choice.class))));
            case ENGINE_KNOB_INFO ->
                new Answer(Type.DESCRIPTOR, null, List.of(new Part(Kind.KNOB_INFO, new Builder.Knob(Builder.KNOB, 0))));
            case ENGINE_LAYOUT_INFO -> new Answer(Type.DESCRIPTOR, null, List.of());
            case ENGINECFG_WORKSPACE_SIZE -> longs(from.as(Builder.Choice.class).engine().workspace());
            case ENGINECFG_SHARED_MEMORY_USED -> longs(0);
            case EXECUTION_PLAN_WORKSPACE_SIZE -> longs(from.as(Plan.class).engine().workspace());
            case EXECUTION_PLAN_COMPUTED_INTERMEDIATE_UIDS -> longs();
            case EXECUTION_PLAN_JSON_REPRESENTATION ->
                new Answer(Type.CHAR, (from.as(Plan.class).json(version) + "\0").getBytes(StandardCharsets.UTF_8), null);
            case DEVICEPROP_JSON_REPRESENTATION ->
                new Answer(Type.CHAR, (from.as(DeviceProperties.class).json() + "\0").getBytes(StandardCharsets.UTF_8), null);
            case ENGINE_GLOBAL_INDEX -> longs(from.as(Builder.Choice.class).engine().index());
            case ENGINE_NUMERICAL_NOTE -> ints(Type.NUMERICAL_NOTE, notes(from.as(Builder.Choice.class).engine()));
            case ENGINE_BEHAVIOR_NOTE -> ints(Type.BEHAVIOR_NOTE,
                    from.as(Builder.Choice.class).engine().compiled() ? List.of(RUNTIME_COMPILATION) : List.of());
            case KNOB_INFO_TYPE -> ints(Type.KNOB_TYPE, List.of(from.as(Builder.Knob.class).type()));
            case KNOB_INFO_MINIMUM_VALUE -> longs(Builder.KNOB_LEAST);
            case KNOB_INFO_MAXIMUM_VALUE -> longs(Builder.KNOB_MOST);
            case KNOB_INFO_STRIDE -> longs(1);
            case OPERATIONGRAPH_ENGINE_GLOBAL_COUNT -> longs(LAST_ENGINE + 1);
            default -> given(from, attribute);
        };
    }

    private static Answer given(Descriptor from, Attribute attribute) {
        if (!from.has(attribute)) {
            return new Answer(attribute.type(), new byte[0], attribute.type() == Type.DESCRIPTOR ? List.of() : null);
        }
        if (from.type(attribute) == Type.DESCRIPTOR) {
            List<Part> parts = new ArrayList<>();
            from.parts(attribute).forEach(part -> parts.add(new Part(part.kind(), part.as(Object.class))));
            return new Answer(Type.DESCRIPTOR, null, parts);
        }
        return new Answer(from.type(attribute), from.elements(attribute), null);
    }

    private static List<Integer> notes(Engine engine) {
        List<Integer> notes = new ArrayList<>();
        if (engine.tensorCores()) {
            notes.add(TENSOR_CORE);
        }
        if (engine.rounds()) {
            notes.add(DOWN_CONVERT_INPUTS);
        }
        if (!engine.repeatable()) {
            notes.add(NONDETERMINISTIC);
        }
        return notes;
    }

    private static Answer longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return new Answer(Type.INT64, bytes.array(), null);
    }

    private static Answer ints(Type type, List<Integer> values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putInt);
        return new Answer(type, bytes.array(), null);
    }
}
