package org.jengine.softcuda.dnn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An operation graph.
 *
 * @param nodes in an order in which each comes after those whose virtual results it reads
 */
record Graph(List<Node> nodes) {
    static Graph of(Descriptor from) {
        List<Node> nodes = new ArrayList<>();
        for (Descriptor part : from.parts(Attribute.OPERATIONGRAPH_OPS)) {
            Object node = part.as(Object.class);
            Status.BAD_PARAM.unless(node instanceof Node, "CUDNN_ATTR_OPERATIONGRAPH_OPS holds a " + part.kind().text());
            nodes.add((Node) node);
        }
        Status.BAD_PARAM.unless(!nodes.isEmpty(), "CUDNN_ATTR_OPERATIONGRAPH_OPS is empty");
        return new Graph(order(nodes));
    }

    private static List<Node> order(List<Node> nodes) {
        Map<Long, GraphTensor> tensors = new HashMap<>();
        Set<Long> made = new HashSet<>();
        for (Node node : nodes) {
            for (GraphTensor output : node.outputs()) {
                Status.BAD_PARAM_DUPLICATED_ENTRIES.unless(made.add(output.uid()), "two operations make tensor " + output.uid());
                known(tensors, output);
            }
        }
        for (Node node : nodes) {
            for (GraphTensor input : node.inputs()) {
                known(tensors, input);
                Status.BAD_PARAM.unless(!input.virtual() || made.contains(input.uid()),
                        "no operation makes the virtual tensor " + input.uid());
            }
        }
        List<Node> ordered = new ArrayList<>();
        List<Node> left = new ArrayList<>(nodes);
        Set<Long> waiting = new HashSet<>(made);
        while (!left.isEmpty()) {
            Node next = left.stream().filter(node -> node.inputs().stream().noneMatch(input -> waiting.contains(input.uid()))).findFirst()
                    .orElseThrow(() -> Status.BAD_PARAM.of("the operations go round in a circle"));
            left.remove(next);
            ordered.add(next);
            next.outputs().forEach(output -> waiting.remove(output.uid()));
        }
        return List.copyOf(ordered);
    }

    private static void known(Map<Long, GraphTensor> tensors, GraphTensor tensor) {
        GraphTensor other = tensors.putIfAbsent(tensor.uid(), tensor);
        Status.BAD_PARAM_DUPLICATED_ENTRIES.unless(other == null || other.isTwin(tensor),
                "two different tensors have CUDNN_ATTR_TENSOR_UNIQUE_ID " + tensor.uid());
    }

    /** The tensors that the caller must name in a variant pack. */
    List<GraphTensor> given() {
        Map<Long, GraphTensor> given = new java.util.LinkedHashMap<>();
        for (Node node : nodes) {
            for (GraphTensor tensor : node.inputs()) {
                given.put(tensor.uid(), tensor);
            }
            for (GraphTensor tensor : node.outputs()) {
                given.put(tensor.uid(), tensor);
            }
        }
        return given.values().stream().filter(tensor -> !tensor.virtual()).toList();
    }

    /** Every tensor of the operations, virtual ones too. */
    List<GraphTensor> tensors() {
        List<GraphTensor> all = new ArrayList<>();
        for (Node node : nodes) {
            all.addAll(node.inputs());
            all.addAll(node.outputs());
        }
        return all;
    }

    /** The node that makes a tensor, or null. */
    Node maker(GraphTensor tensor) {
        for (Node node : nodes) {
            for (GraphTensor output : node.outputs()) {
                if (output.uid() == tensor.uid()) {
                    return node;
                }
            }
        }
        return null;
    }

    void perform(Store store) {
        for (Node node : nodes) {
            node.perform(store);
        }
    }
}
