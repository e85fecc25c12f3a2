package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A backend descriptor: attributes as they were set, and once it is final what they make. */
final class Descriptor {
    /** @param elements of the type, one after the other; a descriptor's are in {@code parts} */
    private record Value(Type type, byte[] elements, List<Descriptor> parts) {
        int count() {
            return type == Type.DESCRIPTOR ? parts.size() : elements.length / type.bytes();
        }
    }

    private final long id;
    private final Kind kind;
    private final Map<Attribute, Value> values = new EnumMap<>(Attribute.class);
    private Object made;

    Descriptor(long id, Kind kind) {
        this.id = id;
        this.kind = kind;
    }

    long id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    boolean isFinal() {
        return made != null;
    }

    void finish(Object what) {
        made = what;
    }

    /** Forgets all that was set. */
    void clear() {
        values.clear();
        made = null;
    }

    void set(Attribute attribute, Type type, byte[] elements) {
        values.put(attribute, new Value(type, elements, List.of()));
    }

    void set(Attribute attribute, List<Descriptor> parts) {
        values.put(attribute, new Value(Type.DESCRIPTOR, new byte[0], parts));
    }

    boolean has(Attribute attribute) {
        return values.containsKey(attribute);
    }

    int count(Attribute attribute) {
        return has(attribute) ? values.get(attribute).count() : 0;
    }

    Type type(Attribute attribute) {
        return values.get(attribute).type();
    }

    byte[] elements(Attribute attribute) {
        return values.get(attribute).elements();
    }

    List<Descriptor> parts(Attribute attribute) {
        return has(attribute) ? values.get(attribute).parts() : List.of();
    }

    /** @throws DnnError if something is missing that must be set */
    void complete() {
        for (Attribute attribute : Attribute.required(kind)) {
            Status.BAD_PARAM.unless(has(attribute), kind.text() + ": " + attribute.text() + " is not set");
        }
    }

    /** What this descriptor makes. */
    <T> T as(Class<T> type) {
        return type.cast(made);
    }

    /** What the descriptor that an attribute names makes, or null if it is not set. */
    <T> T part(Attribute attribute, Class<T> type) {
        List<Descriptor> parts = parts(attribute);
        if (parts.isEmpty()) {
            return null;
        }
        Object part = parts.get(0).made;
        Status.BAD_PARAM.unless(type.isInstance(part), kind.text() + ": " + attribute.text() + " is a " + parts.get(0).kind.text());
        return type.cast(part);
    }

    /** As {@link #part}, for an attribute that must be set here. */
    <T> T needed(Attribute attribute, Class<T> type) {
        Status.BAD_PARAM.unless(has(attribute), kind.text() + ": " + attribute.text() + " is not set");
        return part(attribute, type);
    }

    /** The number at a place of an attribute of whole numbers, an enum or a truth value. */
    long number(Attribute attribute, int at, long otherwise) {
        if (at >= count(attribute)) {
            return otherwise;
        }
        Value value = values.get(attribute);
        ByteBuffer buffer = ByteBuffer.wrap(value.elements).order(ByteOrder.LITTLE_ENDIAN);
        int from = at * value.type.bytes();
        if (value.type == Type.FRACTION) {
            long divisor = buffer.getLong(from + Long.BYTES);
            Status.NOT_SUPPORTED.unless(divisor == 1, attribute.text() + " is no whole number");
            return buffer.getLong(from);
        }
        return switch (value.type.bytes()) {
            case 1 -> value.elements[from];
            case Integer.BYTES -> buffer.getInt(from);
            default -> buffer.getLong(from);
        };
    }

    int number(Attribute attribute) {
        return (int) number(attribute, 0, 0);
    }

    boolean truth(Attribute attribute) {
        return number(attribute, 0, 0) != 0;
    }

    int[] numbers(Attribute attribute) {
        int[] numbers = new int[count(attribute)];
        for (int i = 0; i < numbers.length; i++) {
            long number = number(attribute, i, 0);
            Status.NOT_SUPPORTED_SHAPE.unless(number == (int) number, attribute.text() + " holds " + number);
            numbers[i] = (int) number;
        }
        return numbers;
    }

    /** As many zeros where it is not set. */
    int[] numbers(Attribute attribute, int zeros) {
        return has(attribute) ? numbers(attribute) : new int[zeros];
    }

    List<Long> longs(Attribute attribute) {
        List<Long> longs = new ArrayList<>();
        for (int i = 0; i < count(attribute); i++) {
            longs.add(number(attribute, i, 0));
        }
        return longs;
    }

    /** A float or a double. */
    float real(Attribute attribute, float otherwise) {
        if (!has(attribute)) {
            return otherwise;
        }
        ByteBuffer buffer = ByteBuffer.wrap(elements(attribute)).order(ByteOrder.LITTLE_ENDIAN);
        return type(attribute) == Type.DOUBLE ? (float) buffer.getDouble() : buffer.getFloat();
    }

    String text(Attribute attribute) {
        String text = new String(elements(attribute), java.nio.charset.StandardCharsets.UTF_8);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }
}
