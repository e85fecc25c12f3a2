package org.jengine.softcuda.dnn;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.blas.DataType;

/**
 * Which graphs cuDNN 9 takes on which GPU, with which engines, the best first. Numbers of engines, tensor cores and workspaces follow what
 * cuDNN 9.24's own planner answered for the convolutions of small image nets; shapes beyond those get the nearest rule.
 */
final class Planner {
    private static final int AMPERE = 80;
    private static final int HOPPER = 90;
    /** Bytes that tensor cores want channels to be a multiple of. */
    private static final int CHANNEL_BYTES = 16;
    private static final int SMALL_WORKSPACE = 131;
    private static final int PADDED_CHANNELS = 8;
    private static final int SPLITS = 4;

    private Planner() {
    }

    /**
     * @param capability ten times the GPU's major number and the minor one
     * @return none for bfloat16 before Ampere, sums of it apart: cuDNN 9.24 answers so, without a status
     * @throws DnnError if the graph is one that no engine takes
     */
    static List<Engine> engines(Graph graph, int capability) {
        boolean bf16 = false;
        for (GraphTensor tensor : graph.tensors()) {
            bf16 |= tensor.tensor().type() == DataType.BF16;
            Status.NOT_SUPPORTED_LAYOUT.unless(tensor.byValue() || !tensor.tensor().overlaps(),
                    "elements of tensor " + tensor.uid() + " overlap: " + tensor.tensor());
        }
        Node main = main(graph);
        if (bf16 && capability < AMPERE && main != null) {
            return List.of();
        }
        if (main instanceof ConvolutionNode convolution) {
            return convolution(graph, convolution, capability);
        }
        reals(graph);
        if (main instanceof NormNode || main instanceof NormGradientNode) {
            Status.NOT_SUPPORTED_ARCH_MISMATCH.unless(capability >= AMPERE, "no engine for norms below compute capability 8.0");
            return List.of(new Engine(5, false, false, true, true, 0));
        }
        if (main instanceof PoolNode pool) {
            Status.NOT_SUPPORTED_GRAPH_PATTERN.unless(!pool.backward() || pool.index() != null || pool.shape().mode() != Pooling.Mode.MAX,
                    "the gradient of a max pool needs CUDNN_ATTR_OPERATION_RESAMPLE_BWD_IDXDESC");
            Status.NOT_SUPPORTED_GRAPH_PATTERN.unless(graph.nodes().size() == 1, "nothing can be fused to a pool");
            // Engines for tensor cores say so even where nothing is multiplied.
            return List.of(new Engine(2, true, false, true, true, 0));
        }
        if (main instanceof MatmulNode matmul) {
            boolean real = matmul.a().tensor().type() == DataType.F32;
            boolean cores = !real || capability >= AMPERE;
            List<Engine> engines = new ArrayList<>();
            if (cores) {
                engines.add(new Engine(3, true, real, true, true, 0));
            }
            engines.add(new Engine(0, false, false, true, true, 0));
            return engines;
        }
        boolean reduction = graph.nodes().stream().anyMatch(ReductionNode.class::isInstance);
        return List.of(new Engine(reduction ? 1 : 2, reduction, false, true, true, 0));
    }

    /** The one operation that is more than pointwise; a reduction may follow a product, and is the main one only if alone. */
    private static Node main(Graph graph) {
        Node main = null;
        int reductions = 0;
        for (Node node : graph.nodes()) {
            if (node instanceof ReductionNode) {
                reductions++;
            } else if (!(node instanceof PointwiseNode)) {
                Status.NOT_SUPPORTED_GRAPH_PATTERN.unless(main == null,
                        "a graph of two operations that are neither pointwise nor reductions");
                main = node;
            }
        }
        Status.NOT_SUPPORTED_GRAPH_PATTERN.unless(reductions <= 1, reductions + " reductions in one graph");
        Status.NOT_SUPPORTED_GRAPH_PATTERN.unless(reductions == 0 || main == null || main instanceof MatmulNode
                || main instanceof ConvolutionNode convolution && convolution.form() == ConvolutionNode.Form.FORWARD,
                "a reduction goes with pointwise operations, products and convolutions forward");
        for (Node node : graph.nodes()) {
            for (GraphTensor input : node.inputs()) {
                Status.NOT_SUPPORTED_GRAPH_PATTERN.unless(node != main || graph.maker(input) == null,
                        "an operation before the main one: its input " + input.uid() + " is made in the graph");
            }
        }
        return main;
    }

    private static void reals(Graph graph) {
        for (GraphTensor tensor : graph.tensors()) {
            Status.NOT_SUPPORTED_DATA_TYPE.unless(tensor.tensor().type() != DataType.F64, "tensor " + tensor.uid() + " is of doubles");
        }
    }

    private static List<Engine> convolution(Graph graph, ConvolutionNode node, int capability) {
        DataType type = node.inputs().get(0).tensor().type();
        for (GraphTensor tensor : List.of(node.x(), node.w(), node.y())) {
            Status.NOT_SUPPORTED_DATA_TYPE.unless(Types.isReal(tensor.tensor().type()), "a convolution of " + tensor.tensor().type());
            Status.NOT_SUPPORTED_LAYOUT.unless(tensor.tensor().isPacked() || tensor.tensor().isChannelsLast(),
                    "tensor " + tensor.uid() + " is neither packed nor has its channels last without gaps: " + tensor.tensor());
        }
        Status.NOT_SUPPORTED_DATA_TYPE.unless(node.inputs().get(1).tensor().type() == type, "a convolution of two types");
        Status.NOT_SUPPORTED_DATA_TYPE.unless(node.compute() == DataType.F32 || node.compute() == DataType.F16 && type == DataType.F16,
                "CUDNN_ATTR_CONVOLUTION_COMP_TYPE " + node.compute() + " for " + type);
        Status.NOT_SUPPORTED_GRAPH_PATTERN.unless(node.form() != ConvolutionNode.Form.FILTER || graph.nodes().size() == 1,
                "nothing can be fused to a convolution's weight gradient");
        reals(graph);
        if (node.form() == ConvolutionNode.Form.FILTER && node.w().tensor().type() != type) {
            return widened(node, capability);
        }
        boolean alone = graph.nodes().size() == 1;
        boolean layout = node.x().tensor().isChannelsLast() && node.y().tensor().isChannelsLast() && node.w().tensor().isChannelsLast();
        boolean aligned = List.of(node.x(), node.w(), node.y()).stream().allMatch(tensor -> tensor.alignment() >= CHANNEL_BYTES);
        boolean cores = aligned && (type != DataType.F32 || capability >= AMPERE) && node.shape().groups() == 1;
        boolean compiled = !alone && (node.form() == ConvolutionNode.Form.DATA || !epilogue(graph, type));
        boolean deterministic = type != DataType.F32 || node.form() != ConvolutionNode.Form.FILTER;
        List<Engine> engines = new ArrayList<>();
        int[] numbers = numbers(node.form(), type, alone, compiled);
        Engine plain = new Engine(numbers[1], false, false, compiled, deterministic, copies(node, layout, type));
        if (cores) {
            Engine fast = new Engine(numbers[0], true, type == DataType.F32, compiled, true, workspace(node, type, layout));
            engines.add(fast);
            if (type == DataType.BF16 && node.form() == ConvolutionNode.Form.FORWARD && node.shape().c() < PADDED_CHANNELS) {
                // cuDNN's first choice for few channels of bfloat16 uses no tensor cores.
                engines.add(0, plain);
            } else {
                engines.add(plain);
            }
        } else {
            engines.add(plain);
        }
        if (!compiled) {
            engines.add(new Engine(0, false, false, false, true, 0));
        }
        return engines;
    }

    /** A weight gradient stored wider than what it is made of is compiled, from Hopper on, for channels that suit tensor cores alone. */
    private static List<Engine> widened(ConvolutionNode node, int capability) {
        boolean suits = capability >= HOPPER && node.shape().c() % PADDED_CHANNELS == 0
                && node.w().dims()[0] % PADDED_CHANNELS == 0;
        return suits ? List.of(new Engine(70, true, false, true, true, 0)) : List.of();
    }

    /** Whether what follows is a bias and an activation of the images' own type, which precompiled engines have. */
    private static boolean epilogue(Graph graph, DataType type) {
        int reals = 0;
        for (Node node : graph.nodes()) {
            if (node instanceof PointwiseNode pointwise) {
                int mode = pointwise.function().mode();
                boolean same = pointwise.inputs().stream().allMatch(t -> t.virtual() || t.byValue() || t.tensor().type() == type);
                if (!same || mode != Pointwise.ADD && mode != Pointwise.RELU && mode != Pointwise.IDENTITY) {
                    return false;
                }
                reals++;
            }
        }
        return reals <= 3 && graph.nodes().size() == reals + 1;
    }

    /** The numbers of the engine on tensor cores and of the one without. */
    private static int[] numbers(ConvolutionNode.Form form, DataType type, boolean alone, boolean compiled) {
        if (compiled) {
            return new int[] {4, 8};
        }
        boolean floats = type == DataType.F32;
        return switch (form) {
            case FORWARD -> alone ? new int[] {floats ? 48 : 47, 28} : new int[] {floats ? 33 : 32, 11};
            case DATA -> new int[] {floats ? 71 : 67, 74};
            case FILTER -> new int[] {floats ? 68 : 65, 20};
        };
    }

    /** What an engine on tensor cores needs: room for a copy of images whose channels it must pad, or for sums in parts. */
    private static long workspace(ConvolutionNode node, DataType type, boolean layout) {
        int unit = CHANNEL_BYTES / type.bytes();
        boolean padded = node.shape().c() % unit != 0;
        long images = node.x().tensor().count() / node.shape().c() * (long) type.bytes();
        long copies = layout ? 0 : copies(node, false, type);
        return copies + switch (node.form()) {
            case FORWARD -> type != DataType.F32 ? 0 : padded ? images * node.shape().c() : SMALL_WORKSPACE;
            case DATA -> padded ? images * unit : SMALL_WORKSPACE;
            case FILTER -> padded ? images * unit + (type == DataType.F32 ? node.y().tensor().bytes() : 0)
                    : (long) SPLITS * node.w().tensor().count() * Float.BYTES;
        };
    }

    /** What an engine needs that works in the other layout: copies of all that it touches. */
    private static long copies(ConvolutionNode node, boolean layout, DataType type) {
        boolean copied = layout && type == DataType.F32 || !layout && type != DataType.F32;
        return copied ? node.x().tensor().bytes() + node.w().tensor().bytes() + node.y().tensor().bytes() : 0;
    }
}
