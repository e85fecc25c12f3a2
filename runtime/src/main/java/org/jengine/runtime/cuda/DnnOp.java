package org.jengine.runtime.cuda;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.PoolSpec;

/**
 * One operation of ours as cuDNN is asked for it. Training and the check of plans build the same graph of it.
 *
 * @param form  which operation of the layer
 * @param conv  the convolution; null for a pooling
 * @param pool  the pooling; null for a convolution
 * @param fused whether the way back multiplies with the derivative of the activation that made {@code x}, as {@code before} has it
 */
record DnnOp(Form form, ConvSpec conv, PoolSpec pool, boolean fused) {
    /** Which operation. */
    enum Form {
        FORWARD("forward"), BACKWARD_DATA("data gradient"), BACKWARD_WEIGHTS("weight gradient"), BACKWARD_BIAS("bias gradient"),
        POOL("max pool"), POOL_BACKWARD("max pool gradient");

        private final String text;

        Form(String text) {
            this.text = text;
        }
    }

    static DnnOp of(Form form, ConvSpec conv) {
        return new DnnOp(form, conv, null, false);
    }

    static DnnOp of(Form form, PoolSpec pool) {
        return new DnnOp(form, null, pool, false);
    }

    /** The way back to {@code x} together with the derivative of what made it. */
    static DnnOp fused(ConvSpec conv) {
        return new DnnOp(Form.BACKWARD_DATA, conv, null, true);
    }

    /** Storage of the images. */
    DType real() {
        return conv == null ? pool.real() : conv.real();
    }

    /** Whether there are products in it, whose factors an engine may round. */
    boolean multiplies() {
        return form == Form.FORWARD || form == Form.BACKWARD_DATA || form == Form.BACKWARD_WEIGHTS;
    }

    /** The operation with its sizes, for messages and records. */
    String name() {
        return conv == null ? form.text + " " + pool.window() + "x" + pool.window() + " of " + pool.x() + " " + pool.real().suffix()
                : "conv " + form.text + (form == Form.FORWARD ? with(" + bias", conv.act()) : fused ? with("", conv.before()) : "")
                + " " + conv.r() + "x" + conv.s() + " " + conv.x() + " to " + conv.y() + " pad " + conv.pad() + " " + conv.real().suffix();
    }

    private static String with(String bias, Activation act) {
        return bias + (act == Activation.NONE ? "" : " + " + act.name().toLowerCase(java.util.Locale.ROOT));
    }

    /** Builds the graph; its descriptors are the scope's. */
    DnnGraph graph(DnnScope scope, DnnTarget target) {
        DnnGraph g = new DnnGraph(scope, target);
        switch (form) {
            case FORWARD -> forward(g);
            case BACKWARD_DATA -> backwardData(g);
            case BACKWARD_WEIGHTS -> g.backwardWeights(g.convolution(conv.pad()), weights(g, DnnGraph.Role.W, DType.F32),
                    images(g, DnnGraph.Role.X, conv.x()), images(g, DnnGraph.Role.Y, conv.y()));
            case BACKWARD_BIAS -> g.sum(images(g, DnnGraph.Role.Y, conv.y()), bias(g));
            case POOL -> g.pool(g.pooling(pool.window()), pooled(g, DnnGraph.Role.Y, pool.y(), pool.real()),
                    pooled(g, DnnGraph.Role.INDEX, pool.y(), DType.U8), pooled(g, DnnGraph.Role.X, pool.x(), pool.real()));
            case POOL_BACKWARD -> g.poolBackward(g.pooling(pool.window()), pooled(g, DnnGraph.Role.X, pool.x(), pool.real()),
                    pooled(g, DnnGraph.Role.Y, pool.y(), pool.real()), pooled(g, DnnGraph.Role.INDEX, pool.y(), DType.U8));
            default -> throw new IllegalArgumentException("no graph for " + form);
        }
        return g;
    }

    private void forward(DnnGraph g) {
        Shape y = conv.y();
        Dnn.Descriptor product = between(g, y);
        Dnn.Descriptor result = images(g, DnnGraph.Role.Y, y);
        g.forward(g.convolution(conv.pad()), images(g, DnnGraph.Role.X, conv.x()), weights(g, DnnGraph.Role.W, conv.real()), product);
        if (conv.act() == Activation.NONE) {
            g.add(product, bias(g), result);
        } else {
            Dnn.Descriptor sum = between(g, y);
            g.add(product, bias(g), sum);
            g.activate(conv.act(), sum, result);
        }
    }

    /** Here {@code B} stands for what the activation made, and {@code X} for its gradient. */
    private void backwardData(DnnGraph g) {
        Dnn.Descriptor dx = images(g, DnnGraph.Role.X, conv.x());
        Dnn.Descriptor plain = fused ? between(g, conv.x()) : dx;
        g.backwardData(g.convolution(conv.pad()), plain, weights(g, DnnGraph.Role.W, conv.real()), images(g, DnnGraph.Role.Y, conv.y()));
        if (fused) {
            g.activateBackward(conv.before(), dx, plain, images(g, DnnGraph.Role.B, conv.x()));
        }
    }

    private Dnn.Descriptor images(DnnGraph g, DnnGraph.Role role, Shape s) {
        return pooled(g, role, s, conv.real());
    }

    private static Dnn.Descriptor pooled(DnnGraph g, DnnGraph.Role role, Shape s, DType type) {
        return g.images(role, type, s.dim(0), s.dim(3), s.dim(1), s.dim(2));
    }

    private static Dnn.Descriptor between(DnnGraph g, Shape s) {
        return g.between(s.dim(0), s.dim(3), s.dim(1), s.dim(2));
    }

    private Dnn.Descriptor weights(DnnGraph g, DnnGraph.Role role, DType type) {
        return g.images(role, type, conv.k(), conv.c(), conv.r(), conv.s());
    }

    private Dnn.Descriptor bias(DnnGraph g) {
        return g.images(DnnGraph.Role.B, DType.F32, 1, conv.k(), 1, 1);
    }
}
