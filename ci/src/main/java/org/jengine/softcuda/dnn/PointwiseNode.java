package org.jengine.softcuda.dnn;

import java.util.List;

/** A pointwise function; operands may repeat along dimensions where they have one element. For a gradient x says where, dy and dx what. */
record PointwiseNode(Pointwise function, GraphTensor x, GraphTensor b, GraphTensor t, GraphTensor y, GraphTensor dy, GraphTensor dx,
        float alpha1, float alpha2) implements Node {
    static Pointwise function(Descriptor from) {
        Pointwise made = new Pointwise(from.number(Attribute.POINTWISE_MODE), from.real(Attribute.POINTWISE_RELU_LOWER_CLIP, 0),
                from.real(Attribute.POINTWISE_RELU_UPPER_CLIP, Float.POSITIVE_INFINITY),
                from.real(Attribute.POINTWISE_RELU_LOWER_CLIP_SLOPE, 0), from.real(Attribute.POINTWISE_ELU_ALPHA, 1),
                from.real(Attribute.POINTWISE_SOFTPLUS_BETA, 1), from.real(Attribute.POINTWISE_SWISH_BETA, 1));
        Types.of(from.number(Attribute.POINTWISE_MATH_PREC), "CUDNN_ATTR_POINTWISE_MATH_PREC");
        Status.NOT_SUPPORTED.unless(made.operands() > 0 || made.isBackward(), "CUDNN_ATTR_POINTWISE_MODE is " + made.mode());
        return made;
    }

    static PointwiseNode of(Descriptor from) {
        Pointwise function = from.part(Attribute.OPERATION_POINTWISE_PW_DESCRIPTOR, Pointwise.class);
        PointwiseNode node = new PointwiseNode(function, tensor(from, Attribute.OPERATION_POINTWISE_XDESC),
                tensor(from, Attribute.OPERATION_POINTWISE_BDESC), tensor(from, Attribute.OPERATION_POINTWISE_TDESC),
                tensor(from, Attribute.OPERATION_POINTWISE_YDESC), tensor(from, Attribute.OPERATION_POINTWISE_DYDESC),
                tensor(from, Attribute.OPERATION_POINTWISE_DXDESC), from.real(Attribute.OPERATION_POINTWISE_ALPHA1, 1),
                from.real(Attribute.OPERATION_POINTWISE_ALPHA2, 1));
        node.check();
        return node;
    }

    private static GraphTensor tensor(Descriptor from, Attribute attribute) {
        return from.part(attribute, GraphTensor.class);
    }

    private void check() {
        if (function.isBackward()) {
            Status.BAD_PARAM.unless(dy != null && dx != null, "CUDNN_ATTR_OPERATION_POINTWISE_DYDESC or DXDESC is not set");
            // cuDNN 9.24 wants what went into the function, for the sigmoid too.
            Status.BAD_PARAM.unless(x != null, "CUDNN_ATTR_OPERATION_POINTWISE_XDESC is not set");
        } else {
            Status.BAD_PARAM.unless(x != null && y != null, "CUDNN_ATTR_OPERATION_POINTWISE_XDESC or YDESC is not set");
            Status.BAD_PARAM.unless(b != null || function.operands() < 2, "CUDNN_ATTR_OPERATION_POINTWISE_BDESC is not set");
            Status.BAD_PARAM.unless(t != null || function.operands() < 3, "CUDNN_ATTR_OPERATION_POINTWISE_TDESC is not set");
        }
        for (GraphTensor input : inputs()) {
            Status.BAD_PARAM_SHAPE_MISMATCH.unless(Shapes.fits(input.dims(), outputs().get(0).dims()),
                    "an operand " + input.tensor() + " for a result " + outputs().get(0).tensor());
        }
    }

    @Override
    public List<GraphTensor> inputs() {
        // Operands that the function has no use for may be set, and are not read.
        int operands = function.operands();
        return function.isBackward() ? List.of(dy, x) : GraphTensor.present(x, operands > 1 ? b : null, operands > 2 ? t : null);
    }

    @Override
    public List<GraphTensor> outputs() {
        return List.of(function.isBackward() ? dx : y);
    }

    @Override
    public void perform(Store store) {
        GraphTensor to = outputs().get(0);
        int[] dims = to.dims();
        if (function.isBackward()) {
            float[] gradient = store.repeated(dy, dims);
            store.put(to, function.gradient(gradient, store.repeated(x, dims)));
            return;
        }
        float[] first = scaled(store.repeated(x, dims), alpha1);
        store.put(to, switch (function.operands()) {
            case 1 -> function.apply(first);
            case 2 -> function.apply(first, scaled(store.repeated(b, dims), alpha2));
            default -> function.apply(first, scaled(store.repeated(b, dims), alpha2), store.repeated(t, dims));
        });
    }

    private static float[] scaled(float[] values, float factor) {
        if (factor == 1) {
            return values;
        }
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = factor * values[i];
        }
        return scaled;
    }
}
