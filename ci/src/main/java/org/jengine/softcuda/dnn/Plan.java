package org.jengine.softcuda.dnn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.softcuda.blas.DataType;
import org.jengine.softcuda.work.Cost;

/**
 * A graph with the engine that performs it.
 *
 * @param operations the descriptor that the graph was made of; the plan's text holds it
 * @param capability of the GPU it is made for
 */
record Plan(Graph graph, Descriptor operations, Engine engine, int capability) {
    private static final Pattern TEXT = Pattern.compile(
            "\\{\"version\":(\\d+),\"capability\":(\\d+),\"engine\":(\\d+),\"operations\":\"([0-9a-f]*)\"}");

    /** Each tensor in memory goes through it once, and what the workspace holds is written and read. */
    Cost cost() {
        long bytes = 2 * engine.workspace();
        double flops = 0;
        for (GraphTensor tensor : graph.given()) {
            bytes += tensor.byValue() ? 0 : tensor.tensor().bytes();
        }
        for (Node node : graph.nodes()) {
            flops += node.flops();
        }
        DataType type = graph.nodes().get(0).inputs().get(0).tensor().type();
        String units = !engine.tensorCores() ? "f32" : type == DataType.F32 ? "tensor.tf32" : type == DataType.F16 ? "tensor.f16"
                : "tensor.bf16";
        return new Cost(bytes, flops, units);
    }

    /** The plan as a text that another process can make it of. */
    String json(int version) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(new DataOutputStream(bytes), operations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "{\"version\":" + version + ",\"capability\":" + capability + ",\"engine\":" + engine.index() + ",\"operations\":\""
                + HexFormat.of().formatHex(bytes.toByteArray()) + "\"}";
    }

    /** @param finish makes a descriptor final */
    static Plan parse(String json, int version, UnaryOperator<Descriptor> finish) {
        Matcher parts = TEXT.matcher(json);
        Status.BAD_PARAM.unless(parts.matches(), "CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION is no plan");
        Status.NOT_SUPPORTED.unless(parts.group(1).equals(Integer.toString(version)), "the plan is of version " + parts.group(1));
        int capability = Integer.parseInt(parts.group(2));
        try {
            Descriptor operations = read(new DataInputStream(new ByteArrayInputStream(HexFormat.of().parseHex(parts.group(4)))), finish);
            Graph graph = operations.as(Graph.class);
            int index = Integer.parseInt(parts.group(3));
            return new Plan(graph, operations, engine(graph, capability, index), capability);
        } catch (IOException e) {
            throw Status.BAD_PARAM.of("CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION ends early");
        }
    }

    /** The graph's engine of that number. */
    static Engine engine(Graph graph, int capability, int index) {
        return Planner.engines(graph, capability).stream().filter(engine -> engine.index() == index).findFirst()
                .orElseThrow(() -> Status.NOT_SUPPORTED.of("engine " + index + " does not support the graph"));
    }

    private static void write(DataOutputStream to, Descriptor from) throws IOException {
        to.writeByte(from.kind().ordinal());
        List<Attribute> set = new ArrayList<>();
        for (Attribute attribute : Attribute.values()) {
            if (from.has(attribute) && from.type(attribute) != Type.HANDLE) {
                set.add(attribute);
            }
        }
        to.writeShort(set.size());
        for (Attribute attribute : set) {
            Type type = from.type(attribute);
            to.writeShort(attribute.ordinal());
            to.writeByte(type.ordinal());
            if (type == Type.DESCRIPTOR) {
                to.writeShort(from.count(attribute));
                for (Descriptor part : from.parts(attribute)) {
                    write(to, part);
                }
            } else {
                to.writeInt(from.elements(attribute).length);
                to.write(from.elements(attribute));
            }
        }
    }

    private static Descriptor read(DataInputStream from, UnaryOperator<Descriptor> finish) throws IOException {
        Descriptor made = new Descriptor(0, Kind.values()[from.readUnsignedByte()]);
        for (int left = from.readUnsignedShort(); left > 0; left--) {
            Attribute attribute = Attribute.values()[from.readUnsignedShort()];
            Type type = Type.values()[from.readUnsignedByte()];
            if (type == Type.DESCRIPTOR) {
                List<Descriptor> parts = new ArrayList<>();
                for (int count = from.readUnsignedShort(); count > 0; count--) {
                    parts.add(read(from, finish));
                }
                made.set(attribute, parts);
            } else {
                made.set(attribute, type, from.readNBytes(from.readInt()));
            }
        }
        return finish.apply(made);
    }
}
