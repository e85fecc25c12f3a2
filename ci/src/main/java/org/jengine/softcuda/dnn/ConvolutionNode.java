package org.jengine.softcuda.dnn;

import java.util.List;
import org.jengine.softcuda.blas.DataType;

/**
 * A convolution or one of its two gradients. x, w and y stand for the gradients too, where these are meant.
 *
 * @param form which of the three is made of the others
 */
record ConvolutionNode(Form form, Convolution shape, DataType compute, GraphTensor x, GraphTensor w, GraphTensor y, float alpha, float beta)
        implements Node {
    /** What is made: y of x and w, x's gradient of y's and w, w's gradient of x and y's. */
    enum Form { FORWARD, DATA, FILTER }

    static ConvolutionNode of(Descriptor from) {
        return switch (from.kind()) {
            case OPERATION_CONVOLUTION_FORWARD -> make(from, Form.FORWARD, Attribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                    Attribute.OPERATION_CONVOLUTION_FORWARD_X, Attribute.OPERATION_CONVOLUTION_FORWARD_W,
                    Attribute.OPERATION_CONVOLUTION_FORWARD_Y, Attribute.OPERATION_CONVOLUTION_FORWARD_ALPHA,
                    Attribute.OPERATION_CONVOLUTION_FORWARD_BETA);
            case OPERATION_CONVOLUTION_BACKWARD_DATA -> make(from, Form.DATA, Attribute.OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                    Attribute.OPERATION_CONVOLUTION_BWD_DATA_DX, Attribute.OPERATION_CONVOLUTION_BWD_DATA_W,
                    Attribute.OPERATION_CONVOLUTION_BWD_DATA_DY, Attribute.OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                    Attribute.OPERATION_CONVOLUTION_BWD_DATA_BETA);
            default -> make(from, Form.FILTER, Attribute.OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                    Attribute.OPERATION_CONVOLUTION_BWD_FILTER_X, Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DW,
                    Attribute.OPERATION_CONVOLUTION_BWD_FILTER_DY, Attribute.OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
                    Attribute.OPERATION_CONVOLUTION_BWD_FILTER_BETA);
        };
    }

    private static ConvolutionNode make(Descriptor from, Form form, Attribute settings, Attribute x, Attribute w, Attribute y,
            Attribute alpha, Attribute beta) {
        ConvolutionSettings convolution = from.part(settings, ConvolutionSettings.class);
        GraphTensor image = from.part(x, GraphTensor.class);
        GraphTensor filter = from.part(w, GraphTensor.class);
        GraphTensor result = from.part(y, GraphTensor.class);
        Convolution shape = convolution.shape(image.dims(), filter.dims(), result.dims());
        return new ConvolutionNode(form, shape, convolution.compute(), image, filter, result, from.real(alpha, 1), from.real(beta, 0));
    }

    @Override
    public List<GraphTensor> inputs() {
        return switch (form) {
            case FORWARD -> List.of(x, w);
            case DATA -> List.of(w, y);
            case FILTER -> List.of(x, y);
        };
    }

    @Override
    public List<GraphTensor> outputs() {
        return switch (form) {
            case FORWARD -> List.of(y);
            case DATA -> List.of(x);
            case FILTER -> List.of(w);
        };
    }

    @Override
    public double flops() {
        int filters = w.dims()[0];
        return 2.0 * y.tensor().count() * (w.tensor().count() / filters);
    }

    @Override
    public void perform(Store store) {
        float[] made = switch (form) {
            case FORWARD -> shape.forward(store.factor(x), store.factor(w));
            case DATA -> shape.backwardData(store.factor(y), store.factor(w));
            case FILTER -> shape.backwardFilter(store.factor(x), store.factor(y));
        };
        Node.blend(store, outputs().get(0), made, alpha, beta);
    }
}
