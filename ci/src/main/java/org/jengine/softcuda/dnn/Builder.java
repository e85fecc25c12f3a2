package org.jengine.softcuda.dnn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** Makes descriptors final: checks what was set, and forms what it means. */
final class Builder {
    /** What every engine's one knob goes from and to. */
    static final int KNOB = 2;
    static final int KNOB_LEAST = 0;
    static final int KNOB_MOST = 0;

    private static final int HEURISTICS_MODES = 4;
    private static final int FALLBACK = 2;

    private final IntSupplier capability;
    private final int version;

    /** @param capability of the GPU that is there: ten times the major number and the minor one */
    Builder(IntSupplier capability, int version) {
        this.capability = capability;
        this.version = version;
    }

    /** An engine of a graph: what an engine descriptor, its configuration and a heuristic's result stand for. */
    record Choice(Descriptor operations, Graph graph, Engine engine, int capability) {
    }

    /** What a heuristic found, the best first. */
    record Choices(List<Choice> all) {
    }

    /** A knob's setting. */
    record Knob(int type, long value) {
    }

    /** A variant pack: what it says is read when it is executed. */
    record Pack(List<Long> names, List<Long> places, long workspace) {
    }

    Descriptor finish(Descriptor from) {
        from.complete();
        from.finish(make(from));
        return from;
    }

    private Object make(Descriptor from) {
        return switch (from.kind()) {
            case TENSOR -> GraphTensor.of(from);
            case CONVOLUTION -> ConvolutionSettings.of(from);
            case POINTWISE -> PointwiseNode.function(from);
            case REDUCTION -> ReductionNode.Settings.of(from);
            case MATMUL -> MatmulNode.Settings.of(from);
            case RESAMPLE -> PoolNode.Settings.of(from);
            case OPERATION_CONVOLUTION_FORWARD, OPERATION_CONVOLUTION_BACKWARD_DATA, OPERATION_CONVOLUTION_BACKWARD_FILTER ->
                ConvolutionNode.of(from);
            case OPERATION_POINTWISE -> PointwiseNode.of(from);
            case OPERATION_REDUCTION -> ReductionNode.of(from);
            case OPERATION_MATMUL -> MatmulNode.of(from);
            case OPERATION_RESAMPLE_FWD, OPERATION_RESAMPLE_BWD -> PoolNode.of(from);
            case OPERATION_NORM_FORWARD -> NormNode.of(from);
            case OPERATION_NORM_BACKWARD -> NormGradientNode.of(from);
            case OPERATIONGRAPH -> Graph.of(from);
            case ENGINE -> engine(from);
            case ENGINECFG -> configuration(from);
            case ENGINEHEUR -> choices(from);
            case EXECUTION_PLAN -> plan(from);
            case VARIANT_PACK -> pack(from);
            case KNOB_CHOICE -> new Knob(from.number(Attribute.KNOB_CHOICE_KNOB_TYPE), from.number(Attribute.KNOB_CHOICE_KNOB_VALUE, 0, 0));
            case DEVICEPROP -> device(from);
            case KNOB_INFO -> throw Status.BAD_PARAM.of("a knob info comes from an engine");
        };
    }

    private DeviceProperties device(Descriptor from) {
        if (from.has(Attribute.DEVICEPROP_JSON_REPRESENTATION)) {
            return DeviceProperties.parse(from.text(Attribute.DEVICEPROP_JSON_REPRESENTATION));
        }
        Status.BAD_PARAM.unless(from.has(Attribute.DEVICEPROP_HANDLE) || from.has(Attribute.DEVICEPROP_DEVICE_ID),
                "CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION is not set");
        return new DeviceProperties(capability.getAsInt(), "");
    }

    /** The GPU that a descriptor plans for: the one it names, or the one that is there. */
    private int capability(Descriptor from, Attribute attribute) {
        DeviceProperties named = from.part(attribute, DeviceProperties.class);
        return named == null ? capability.getAsInt() : named.capability();
    }

    private Choice engine(Descriptor from) {
        Graph graph = from.part(Attribute.ENGINE_OPERATION_GRAPH, Graph.class);
        int gpu = capability(from, Attribute.ENGINE_DEVICEPROP);
        Engine engine = Plan.engine(graph, gpu, from.number(Attribute.ENGINE_GLOBAL_INDEX));
        return new Choice(from.parts(Attribute.ENGINE_OPERATION_GRAPH).get(0), graph, engine, gpu);
    }

    private Choice configuration(Descriptor from) {
        for (Descriptor part : from.parts(Attribute.ENGINECFG_KNOB_CHOICES)) {
            Knob knob = part.as(Knob.class);
            Status.NOT_SUPPORTED.unless(knob.type == KNOB && knob.value >= KNOB_LEAST && knob.value <= KNOB_MOST,
                    "knob " + knob.type + " cannot be " + knob.value);
        }
        return from.part(Attribute.ENGINECFG_ENGINE, Choice.class);
    }

    private Choices choices(Descriptor from) {
        int mode = from.number(Attribute.ENGINEHEUR_MODE);
        Status.BAD_PARAM.unless(mode >= 0 && mode < HEURISTICS_MODES, "CUDNN_ATTR_ENGINEHEUR_MODE is " + mode);
        Graph graph = from.part(Attribute.ENGINEHEUR_OPERATION_GRAPH, Graph.class);
        Descriptor operations = from.parts(Attribute.ENGINEHEUR_OPERATION_GRAPH).get(0);
        int gpu = capability(from, Attribute.ENGINEHEUR_DEVICEPROP);
        List<Choice> all = new ArrayList<>();
        for (Engine engine : Planner.engines(graph, gpu)) {
            all.add(new Choice(operations, graph, engine, gpu));
        }
        return new Choices(mode == FALLBACK && !all.isEmpty() ? all.subList(all.size() - 1, all.size()) : all);
    }

    private Plan plan(Descriptor from) {
        if (from.has(Attribute.EXECUTION_PLAN_JSON_REPRESENTATION)) {
            Plan plan = Plan.parse(from.text(Attribute.EXECUTION_PLAN_JSON_REPRESENTATION), version, this::finish);
            Status.NOT_SUPPORTED_ARCH_MISMATCH.unless(plan.capability() == capability(from, Attribute.EXECUTION_PLAN_DEVICEPROP),
                    "the plan is for compute capability " + plan.capability());
            return plan;
        }
        Choice choice = from.needed(Attribute.EXECUTION_PLAN_ENGINE_CONFIG, Choice.class);
        boolean planned = from.has(Attribute.EXECUTION_PLAN_DEVICEPROP);
        Status.BAD_PARAM.unless(from.has(Attribute.EXECUTION_PLAN_HANDLE) || planned, "CUDNN_ATTR_EXECUTION_PLAN_HANDLE is not set");
        int gpu = capability(from, Attribute.EXECUTION_PLAN_DEVICEPROP);
        Status.NOT_SUPPORTED_ARCH_MISMATCH.unless(choice.capability == gpu, "the engine is for compute capability " + choice.capability
                + ", the plan for " + gpu);
        return new Plan(choice.graph, choice.operations, choice.engine, gpu);
    }

    private static Pack pack(Descriptor from) {
        List<Long> names = from.longs(Attribute.VARIANT_PACK_UNIQUE_IDS);
        List<Long> places = from.longs(Attribute.VARIANT_PACK_DATA_POINTERS);
        Status.BAD_PARAM.unless(names.size() == places.size(), "CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS has " + names.size()
                + " elements, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS " + places.size());
        return new Pack(names, places, from.number(Attribute.VARIANT_PACK_WORKSPACE, 0, 0));
    }
}
