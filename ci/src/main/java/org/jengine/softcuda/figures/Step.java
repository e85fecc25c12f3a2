package org.jengine.softcuda.figures;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jengine.softcuda.gpu.GpuProfile;

/**
 * A training step as the software CUDA device counted it.
 *
 * @param net       its name
 * @param precision as {@code fp32}
 * @param gpu       whose profile the device had
 * @param nodes     kernels and library calls in it
 * @param depth     of them on the longest chain
 * @param least     seconds that the GPU takes for them at the least, each after the other and from memory
 * @param arithmetic seconds that the layers' operations alone would take at the GPU's peak, on tensor cores where the precision may use
 *                   them: what no way of computing them as they are stated can go below
 */
record Step(String net, String precision, int batch, String gpu, int nodes, int depth, double least, double arithmetic) {
    /**
     * Seconds from the end of one node of a graph to the end of the next, if both are tiny: the middle of what is published for graphs of
     * small kernels on GPUs of today, 0.6 to 2.5 (2,000 additions of 1,024 floats: 1.1 to 1.3).
     *
     * @see <a href="https://github.com/pytorch/pytorch/issues/161104">1.1 to 1.3 us a kernel in a graph</a>
     * @see <a href="https://github.com/ahrefs/ocannl/issues/488">0.58 us a node that does nothing</a>
     */
    static final double LAUNCH = 1.3e-6;

    /**
     * Reads what one run left.
     *
     * @param bench  the line that {@code jengine bench --json} printed
     * @param report what {@code ci/softcuda --report} wrote
     * @param gpu    that the run was given
     * @throws IllegalArgumentException if they are of no run that trained by graphs
     */
    static Step of(Map<?, ?> bench, Map<?, ?> report, GpuProfile gpu) {
        int nodes = integer(bench, "nodes_per_step");
        double done = 0;
        double least = 0;
        int depth = 0;
        for (Object row : (List<?>) Objects.requireNonNull(report.get("graphs"), "graphs")) {
            Map<?, ?> graph = (Map<?, ?>) row;
            Map<?, ?> shape = (Map<?, ?>) graph.get("shape");
            if (shape != null && graph.get("leastSeconds") instanceof Double seconds) {
                int size = integer(shape, "nodes");
                done += number(graph, "launches") * size / nodes;
                least += seconds;
                depth = size == nodes ? integer(shape, "depth") : depth;
            }
        }
        if (done == 0 || depth == 0) {
            throw new IllegalArgumentException("no graph of " + nodes + " nodes was launched");
        }
        String precision = (String) bench.get("precision");
        double tensor = gpu.flops("tensor." + precision);
        double flops = number(bench, "training_flops_per_image") * number(bench, "batch");
        return new Step((String) bench.get("net"), precision, integer(bench, "batch"), gpu.name(), nodes, depth, least / done,
                flops / (tensor > 0 ? tensor : gpu.flops("f32")));
    }

    private static double number(Map<?, ?> row, String name) {
        if (row.get(name) instanceof Number n) {
            return n.doubleValue();
        }
        throw new IllegalArgumentException("there is no number '" + name + "'");
    }

    private static int integer(Map<?, ?> row, String name) {
        return (int) number(row, name);
    }

    /** Images a second that the model predicts: the least time of every node on the longest chain's length of launches. */
    double imagesPerSecond() {
        return batch / (least + depth * LAUNCH);
    }
}
