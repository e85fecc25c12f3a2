package org.jengine.nn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jengine.kernels.Shape;
import org.jengine.nn.layers.Layers;

/** Nets as JSON: a layer is an object of its record's name and components, so that a new layer needs nothing here. */
final class NetJson {
    private NetJson() {
    }

    static String write(Net net) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("name", net.name());
        ArrayNode input = root.putArray("input");
        for (int d : net.input().toArray()) {
            input.add(d);
        }
        ArrayNode layers = root.putArray("layers");
        for (Layer layer : net.layers()) {
            ObjectNode node = layers.addObject();
            node.put("layer", layer.getClass().getSimpleName());
            for (RecordComponent c : layer.getClass().getRecordComponents()) {
                put(node, c.getName(), valueOf(layer, c));
            }
        }
        return root.toString();
    }

    static Net read(String json) {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the net's description is not JSON: " + e.getOriginalMessage(), e);
        }
        fields(root, "the net", Set.of("name", "input", "layers"));
        if (!root.get("name").isTextual() || !root.get("input").isArray() || !root.get("layers").isArray()) {
            throw new IllegalArgumentException("a net has a name, an input (array) and layers (array); read " + root);
        }
        List<Layer> layers = new ArrayList<>();
        for (JsonNode node : root.get("layers")) {
            layers.add(layer(node, "layer " + (layers.size() + 1)));
        }
        return new Net(root.get("name").textValue(), shape(root.get("input")), layers);
    }

    private static Shape shape(JsonNode array) {
        int[] dims = new int[array.size()];
        for (int i = 0; i < dims.length; i++) {
            if (!array.get(i).canConvertToInt() || !array.get(i).isIntegralNumber()) {
                throw new IllegalArgumentException("the net's input must be whole numbers, read " + array);
            }
            dims[i] = array.get(i).intValue();
        }
        return Shape.of(dims);
    }

    private static Layer layer(JsonNode node, String place) {
        String name = node.path("layer").asText();
        Class<? extends Layer> type = type(name, place);
        RecordComponent[] components = type.getRecordComponents();
        Set<String> known = new TreeSet<>(Set.of("layer"));
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            known.add(components[i].getName());
            types[i] = components[i].getType();
        }
        fields(node, place + " (" + name + ")", known);
        for (int i = 0; i < components.length; i++) {
            String field = components[i].getName();
            values[i] = parse(node.get(field), types[i], place + " (" + name + ") field " + field);
        }
        try {
            Constructor<? extends Layer> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(place + " (" + name + "): " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("layer " + name + " is not a public record", e);
        }
    }

    /** The record of that name in the package of the layers, so that a new one is known without being listed. */
    private static Class<? extends Layer> type(String name, String place) {
        try {
            Class<?> type = Class.forName(Layers.class.getPackageName() + "." + name);
            if (type.isRecord() && Layer.class.isAssignableFrom(type)) {
                return type.asSubclass(Layer.class);
            }
        } catch (ClassNotFoundException | LinkageError e) {
            // A linkage error where the file system takes the name of another case for the same.
            throw new IllegalArgumentException(place + ": no layer '" + name + "' in this version", e);
        }
        throw new IllegalArgumentException(place + ": '" + name + "' is not a layer");
    }

    /** @throws IllegalArgumentException if {@code node} is not an object of exactly these fields */
    private static void fields(JsonNode node, String place, Set<String> known) {
        if (!node.isObject()) {
            throw new IllegalArgumentException(place + " must be a JSON object, read " + node);
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            String field = names.next();
            if (!known.contains(field)) {
                throw new IllegalArgumentException(place + ": no field '" + field + "'; this version knows " + String.join(", ", known));
            }
        }
        for (String field : known) {
            if (!node.has(field)) {
                throw new IllegalArgumentException(place + ": field '" + field + "' is missing");
            }
        }
    }

    private static Object valueOf(Layer layer, RecordComponent c) {
        try {
            return c.getAccessor().invoke(layer);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + c + " of " + layer, e);
        }
    }

    private static void put(ObjectNode node, String field, Object value) {
        if (value instanceof Integer i) {
            node.put(field, i);
        } else if (value instanceof Float f) {
            node.put(field, f);
        } else if (value instanceof Boolean b) {
            node.put(field, b);
        } else if (value instanceof Enum<?> e) {
            node.put(field, e.name().toLowerCase(Locale.ROOT));
        } else {
            throw new IllegalStateException("a layer's component must be int, float, boolean or an enum, got " + value);
        }
    }

    private static Object parse(JsonNode value, Class<?> type, String place) {
        if (type == int.class && value.isIntegralNumber() && value.canConvertToInt()) {
            return value.intValue();
        } else if (type == float.class && value.isNumber()) {
            return value.floatValue();
        } else if (type == boolean.class && value.isBoolean()) {
            return value.booleanValue();
        } else if (type.isEnum() && value.isTextual()) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().toLowerCase(Locale.ROOT).equals(value.textValue())) {
                    return constant;
                }
            }
        }
        throw new IllegalArgumentException(place + ": cannot be " + value);
    }
}
