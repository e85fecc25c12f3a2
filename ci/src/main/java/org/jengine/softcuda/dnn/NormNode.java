package org.jengine.softcuda.dnn;

import java.util.List;

/**
 * A normalisation: training makes the statistics and perhaps the running ones, inference uses given ones if the norm is one over the batch.
 * Tensors that an operation leaves out are null.
 */
record NormNode(Mode mode, boolean training, Norm norm, GraphTensor x, GraphTensor mean, GraphTensor inverse, GraphTensor scale,
        GraphTensor bias, GraphTensor epsilon, Running running, GraphTensor y) implements Node {
    /** cudnnBackendNormMode_t. */
    enum Mode { LAYER, INSTANCE, BATCH, GROUP, RMS }

    /** Averages over batches, and how much of a new one goes in. */
    record Running(GraphTensor factor, GraphTensor oldMean, GraphTensor oldVariance, GraphTensor newMean, GraphTensor newVariance) {
    }

    static Mode mode(Descriptor from, Attribute attribute) {
        int number = from.number(attribute);
        Status.BAD_PARAM.unless(number >= 0 && number < Mode.values().length, attribute.text() + " is " + number);
        Mode mode = Mode.values()[number];
        Status.NOT_SUPPORTED.unless(mode != Mode.GROUP, attribute.text() + " is " + number);
        return mode;
    }

    /** The dimensions of the statistics that a mode has for data of these dimensions and a scale of those. */
    static Norm norm(Mode mode, GraphTensor x, GraphTensor scale) {
        int[] dims = x.dims();
        Status.BAD_PARAM_SHAPE_MISMATCH.unless(Shapes.fits(scale.dims(), dims), "a scale " + scale.tensor() + " for " + x.tensor());
        int[] statistic = new int[dims.length];
        for (int i = 0; i < dims.length; i++) {
            statistic[i] = switch (mode) {
                case BATCH -> i == 1 ? dims[i] : 1;
                case INSTANCE -> i <= 1 ? dims[i] : 1;
                default -> scale.dims()[i] == 1 && i < 1 + leading(scale.dims()) ? dims[i] : 1;
            };
        }
        if (mode == Mode.BATCH) {
            Node.same("the scale of a batch norm", scale.dims(), statistic);
        }
        return new Norm(dims, statistic, scale.dims(), mode != Mode.RMS);
    }

    /** Dimensions of 1 before the first other one. */
    private static int leading(int[] dims) {
        int count = 0;
        while (count < dims.length - 1 && dims[count] == 1) {
            count++;
        }
        return count - 1;
    }

    static NormNode of(Descriptor from) {
        Mode mode = mode(from, Attribute.OPERATION_NORM_FWD_MODE);
        int phase = from.number(Attribute.OPERATION_NORM_FWD_PHASE);
        Status.BAD_PARAM.unless(phase == 0 || phase == 1, "CUDNN_ATTR_OPERATION_NORM_FWD_PHASE is " + phase);
        GraphTensor x = tensor(from, Attribute.OPERATION_NORM_FWD_XDESC);
        GraphTensor scale = tensor(from, Attribute.OPERATION_NORM_FWD_SCALE_DESC);
        Running running = from.has(Attribute.OPERATION_NORM_FWD_OUTPUT_RUNNING_MEAN_DESC) ? new Running(
                from.needed(Attribute.OPERATION_NORM_FWD_EXP_AVG_FACTOR_DESC, GraphTensor.class),
                from.needed(Attribute.OPERATION_NORM_FWD_INPUT_RUNNING_MEAN_DESC, GraphTensor.class),
                from.needed(Attribute.OPERATION_NORM_FWD_INPUT_RUNNING_VAR_DESC, GraphTensor.class),
                tensor(from, Attribute.OPERATION_NORM_FWD_OUTPUT_RUNNING_MEAN_DESC),
                from.needed(Attribute.OPERATION_NORM_FWD_OUTPUT_RUNNING_VAR_DESC, GraphTensor.class)) : null;
        NormNode node = new NormNode(mode, phase == 1, norm(mode, x, scale), x, tensor(from, Attribute.OPERATION_NORM_FWD_MEAN_DESC),
                tensor(from, Attribute.OPERATION_NORM_FWD_INV_VARIANCE_DESC), scale, tensor(from, Attribute.OPERATION_NORM_FWD_BIAS_DESC),
                tensor(from, Attribute.OPERATION_NORM_FWD_EPSILON_DESC), running, tensor(from, Attribute.OPERATION_NORM_FWD_YDESC));
        node.check();
        return node;
    }

    private static GraphTensor tensor(Descriptor from, Attribute attribute) {
        return from.part(attribute, GraphTensor.class);
    }

    private boolean givenStatistics() {
        return !training && mode == Mode.BATCH;
    }

    private void check() {
        Node.same("y", y.dims(), x.dims());
        Status.BAD_PARAM.unless(inverse != null || !training && mode != Mode.BATCH,
                "CUDNN_ATTR_OPERATION_NORM_FWD_INV_VARIANCE_DESC is not set");
        Status.BAD_PARAM.unless(mean != null || !norm.centred() || !training && mode != Mode.BATCH,
                "CUDNN_ATTR_OPERATION_NORM_FWD_MEAN_DESC is not set");
        Status.BAD_PARAM.unless(epsilon != null || givenStatistics(), "CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC is not set");
        Status.BAD_PARAM.unless(bias != null || mode == Mode.RMS, "CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC is not set");
        for (GraphTensor tensor : GraphTensor.present(mean, inverse)) {
            Node.same("the statistics", tensor.dims(), norm.statistic());
        }
        if (bias != null) {
            Node.same("the bias", bias.dims(), norm.scale());
        }
        if (running != null) {
            Status.BAD_PARAM.unless(training && mode == Mode.BATCH, "running statistics go with the training of a batch norm");
            for (GraphTensor tensor : List.of(running.oldMean, running.oldVariance, running.newMean, running.newVariance)) {
                Node.same("the running statistics", tensor.dims(), norm.statistic());
            }
        }
    }

    @Override
    public List<GraphTensor> inputs() {
        boolean given = givenStatistics();
        return GraphTensor.present(x, scale, bias, given ? mean : null, given ? inverse : null, given ? null : epsilon,
                running == null ? null : running.factor, running == null ? null : running.oldMean,
                running == null ? null : running.oldVariance);
    }

    @Override
    public List<GraphTensor> outputs() {
        boolean made = training;
        return GraphTensor.present(y, made ? mean : null, made ? inverse : null, running == null ? null : running.newMean,
                running == null ? null : running.newVariance);
    }

    @Override
    public void perform(Store store) {
        float[] data = store.get(x);
        float[] offsets = bias == null ? null : store.get(bias);
        if (givenStatistics()) {
            store.put(y, norm.apply(data, store.get(mean), store.get(inverse), store.get(scale), offsets));
            return;
        }
        Norm.Statistics found = norm.statistics(data, store.scalar(epsilon));
        store.put(y, norm.apply(data, found.mean(), found.inverse(), store.get(scale), offsets));
        if (training) {
            if (mean != null) {
                store.put(mean, found.mean());
            }
            store.put(inverse, found.inverse());
        }
        if (running != null) {
            float factor = store.scalar(running.factor);
            float unbiased = norm.shared() > 1 ? norm.shared() / (norm.shared() - 1f) : 1;
            store.put(running.newMean, average(store.get(running.oldMean), found.mean(), factor, 1));
            store.put(running.newVariance, average(store.get(running.oldVariance), found.variance(), factor, unbiased));
        }
    }

    /** The running average that a new value goes into. */
    static float[] average(float[] old, float[] now, float factor, float correction) {
        float[] made = new float[old.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = (1 - factor) * old[i] + factor * now[i] * correction;
        }
        return made;
    }
}
