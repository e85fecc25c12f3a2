package org.jengine.softcuda.dnn;

import java.util.List;

/** An operation of a graph, checked when it is made. */
interface Node {
    /** What it reads. */
    List<GraphTensor> inputs();

    /** What it makes. */
    List<GraphTensor> outputs();

    void perform(Store store);

    /** Additions and multiplications, each one operation. */
    default double flops() {
        return outputs().stream().mapToLong(output -> output.tensor().count()).sum();
    }

    /** Raises SHAPE_MISMATCH unless the dimensions are these. */
    static void same(String what, int[] dims, int... wanted) {
        Status.BAD_PARAM_SHAPE_MISMATCH.unless(java.util.Arrays.equals(dims, wanted), what + " has dimensions "
                + java.util.Arrays.toString(dims) + " instead of " + java.util.Arrays.toString(wanted));
    }

    /** alpha * made + beta * what the output held. */
    static void blend(Store store, GraphTensor to, float[] made, float alpha, float beta) {
        if (alpha != 1 || beta != 0) {
            float[] old = beta == 0 ? null : store.get(to);
            for (int i = 0; i < made.length; i++) {
                made[i] = alpha * made[i] + (old == null ? 0 : beta * old[i]);
            }
        }
        store.put(to, made);
    }
}
