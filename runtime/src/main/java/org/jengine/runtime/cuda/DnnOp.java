package org.jengine.runtime.cuda;

import java.util.List;
import java.util.Locale;
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
 * @param fused whether the way back to {@code x} has the derivative of the ReLU in it that made {@code x}
 */
record DnnOp(Form form, ConvSpec conv, PoolSpec pool, boolean fused) {
    /** Which operation, and the tensors that it is given. */
    enum Form {
        FORWARD("forward", DnnGraph.Role.Y, DnnGraph.Role.X, DnnGraph.Role.W, DnnGraph.Role.B),
        BACKWARD_DATA("data gradient", DnnGraph.Role.X, DnnGraph.Role.Y, DnnGraph.Role.W),
        BACKWARD_WEIGHTS("weight gradient", DnnGraph.Role.W, DnnGraph.Role.X, DnnGraph.Role.Y),
        BACKWARD_BIAS("bias gradient", DnnGraph.Role.B, DnnGraph.Role.Y),
        POOL("max pool", DnnGraph.Role.Y, DnnGraph.Role.INDEX, DnnGraph.Role.X),
        POOL_BACKWARD("max pool gradient", DnnGraph.Role.X, DnnGraph.Role.Y, DnnGraph.Role.INDEX);

        private final String text;
        private final List<DnnGraph.Role> roles;

        Form(String text, DnnGraph.Role... roles) {
            this.text = text;
            this.roles = List.of(roles);
        }
    }

    static DnnOp of(Form form, ConvSpec conv) {
        return new DnnOp(form, conv, null, false);
    }

    static DnnOp of(Form form, PoolSpec pool) {
        return new DnnOp(form, null, pool, false);
    }

    /** The way back to {@code x}; cuDNN's sigmoid wants what went into it, so that only ReLU's derivative is in it. */
    static DnnOp backwardData(ConvSpec conv) {
        return new DnnOp(Form.BACKWARD_DATA, conv, null, conv.before() == Activation.RELU);
    }

    /** Without the derivative. */
    DnnOp plain() {
        return new DnnOp(form, conv, pool, false);
    }

    /** Storage of the images. */
    DType real() {
        return conv == null ? pool.real() : conv.real();
    }

    /** Whether there are products in it, whose factors an engine may round. */
    boolean multiplies() {
        return form == Form.FORWARD || form == Form.BACKWARD_DATA || form == Form.BACKWARD_WEIGHTS;
    }

    /** Floating-point operations, comparisons among them. */
    double flops() {
        if (conv == null) {
            return pool.x().count();
        }
        return !multiplies() ? y().count() : 2.0 * y().count() * conv.r() * conv.s() * conv.c();
    }

    /** What an operation is called that differs in the number of images alone. */
    String what() {
        if (conv == null) {
            return form.text + " " + pool.window() + "x" + pool.window() + " of " + image(pool.x()) + " " + real().suffix();
        }
        String with = form == Form.FORWARD ? " + bias" + with(conv.act()) : fused ? with(Activation.RELU) : "";
        return "conv " + form.text + with + " " + conv.r() + "x" + conv.s() + " " + image(conv.x()) + " to " + image(conv.y()) + " pad "
                + conv.pad() + " " + real().suffix();
    }

    private static String image(Shape s) {
        return s.dim(1) + "x" + s.dim(2) + "x" + s.dim(3);
    }

    private static String with(Activation act) {
        return act == Activation.NONE ? "" : " + " + act.name().toLowerCase(Locale.ROOT);
    }

    /** For messages. */
    String name() {
        return "cuDNN " + what() + " of " + images() + " images";
    }

    int images() {
        return y().dim(0);
    }

    private Shape y() {
        return conv == null ? pool.y() : conv.y();
    }

    /** The tensors in memory, the outputs first. */
    List<DnnGraph.Role> roles() {
        return fused ? List.of(DnnGraph.Role.X, DnnGraph.Role.Y, DnnGraph.Role.W, DnnGraph.Role.BEFORE) : form.roles;
    }

    Shape shape(DnnGraph.Role role) {
        return switch (role) {
            case X, BEFORE -> conv == null ? pool.x() : conv.x();
            case Y, INDEX -> y();
            case W -> conv.weights();
            case B -> Shape.of(conv.k());
        };
    }

    DType type(DnnGraph.Role role) {
        return switch (role) {
            case X, BEFORE, Y -> real();
            case INDEX -> DType.U8;
            case W -> form == Form.BACKWARD_WEIGHTS ? DType.F32 : real();
            case B -> DType.F32;
        };
    }

    /** Builds the graph; its descriptors are the scope's. */
    DnnGraph graph(DnnScope scope, DnnTarget target) {
        DnnGraph g = new DnnGraph(scope, target);
        switch (form) {
            case FORWARD -> forward(g);
            case BACKWARD_DATA -> backwardData(g);
            case BACKWARD_WEIGHTS -> g.backwardWeights(g.convolution(conv.pad()), tensor(g, DnnGraph.Role.W), tensor(g, DnnGraph.Role.X),
                    tensor(g, DnnGraph.Role.Y));
            case BACKWARD_BIAS -> g.sum(tensor(g, DnnGraph.Role.Y), tensor(g, DnnGraph.Role.B));
            case POOL -> g.pool(g.pooling(pool.window()), tensor(g, DnnGraph.Role.Y), tensor(g, DnnGraph.Role.INDEX),
                    tensor(g, DnnGraph.Role.X));
            case POOL_BACKWARD -> g.poolBackward(g.pooling(pool.window()), tensor(g, DnnGraph.Role.X), tensor(g, DnnGraph.Role.Y),
                    tensor(g, DnnGraph.Role.INDEX));
        }
        return g;
    }

    private void forward(DnnGraph g) {
        Dnn.Descriptor product = between(g, DnnGraph.Role.Y);
        Dnn.Descriptor result = tensor(g, DnnGraph.Role.Y);
        g.forward(g.convolution(conv.pad()), tensor(g, DnnGraph.Role.X), tensor(g, DnnGraph.Role.W), product);
        if (conv.act() == Activation.NONE) {
            g.add(product, tensor(g, DnnGraph.Role.B), result);
        } else {
            Dnn.Descriptor sum = between(g, DnnGraph.Role.Y);
            g.add(product, tensor(g, DnnGraph.Role.B), sum);
            g.activate(conv.act(), sum, result);
        }
    }

    private void backwardData(DnnGraph g) {
        Dnn.Descriptor dx = tensor(g, DnnGraph.Role.X);
        Dnn.Descriptor gradient = fused ? between(g, DnnGraph.Role.X) : dx;
        g.backwardData(g.convolution(conv.pad()), gradient, tensor(g, DnnGraph.Role.W), tensor(g, DnnGraph.Role.Y));
        if (fused) {
            g.reluBackward(dx, gradient, tensor(g, DnnGraph.Role.BEFORE));
        }
    }

    /** Filters {@code [k, r, s, c]} are images to cuDNN too, and a bias is one of a single pixel. */
    private Dnn.Descriptor tensor(DnnGraph g, DnnGraph.Role role) {
        Shape s = shape(role);
        return role == DnnGraph.Role.B ? g.images(role, type(role), 1, s.dim(0), 1, 1)
                : g.images(role, type(role), s.dim(0), s.dim(3), s.dim(1), s.dim(2));
    }

    private Dnn.Descriptor between(DnnGraph g, DnnGraph.Role role) {
        Shape s = shape(role);
        return g.between(s.dim(0), s.dim(3), s.dim(1), s.dim(2));
    }
}
