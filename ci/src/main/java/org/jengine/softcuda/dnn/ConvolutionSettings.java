package org.jengine.softcuda.dnn;

import org.jengine.softcuda.blas.DataType;

/**
 * What a convolution descriptor says.
 *
 * @param pads before each spatial dimension
 * @param ends padding after each
 */
record ConvolutionSettings(DataType compute, boolean flipped, int[] pads, int[] ends, int[] strides, int[] dilations) {
    private static final int CONVOLUTION = 0;
    private static final int CROSS_CORRELATION = 1;

    static ConvolutionSettings of(Descriptor from) {
        int mode = from.number(Attribute.CONVOLUTION_CONV_MODE);
        Status.BAD_PARAM.unless(mode == CONVOLUTION || mode == CROSS_CORRELATION, "CUDNN_ATTR_CONVOLUTION_CONV_MODE is " + mode);
        int spatial = from.number(Attribute.CONVOLUTION_SPATIAL_DIMS);
        Status.BAD_PARAM.unless(spatial > 0 && spatial <= Convolution.SPATIAL, "CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS is " + spatial);
        ConvolutionSettings made = new ConvolutionSettings(
                Types.of(from.number(Attribute.CONVOLUTION_COMP_TYPE), "CUDNN_ATTR_CONVOLUTION_COMP_TYPE"), mode == CONVOLUTION,
                from.numbers(Attribute.CONVOLUTION_PRE_PADDINGS, spatial), from.numbers(Attribute.CONVOLUTION_POST_PADDINGS, spatial),
                from.numbers(Attribute.CONVOLUTION_FILTER_STRIDES), from.numbers(Attribute.CONVOLUTION_DILATIONS));
        made.check(spatial);
        return made;
    }

    void check(int spatial) {
        for (int[] list : new int[][] {pads, ends, strides, dilations}) {
            Status.BAD_PARAM.unless(list.length == spatial, "paddings, strides and dilations must have " + spatial + " elements each");
        }
        for (int i = 0; i < spatial; i++) {
            Status.BAD_PARAM.unless(pads[i] >= 0 && ends[i] >= 0, "negative padding");
            Status.BAD_PARAM.unless(strides[i] > 0 && dilations[i] > 0, "strides and dilations must be positive");
        }
    }

    /** The dimensions of the result. */
    int[] result(int[] x, int[] w) {
        int[] y = x.clone();
        y[1] = w[0];
        for (int i = 0; i < pads.length; i++) {
            y[i + 2] = Convolution.outSize(x[i + 2], w[i + 2], pads[i], ends[i], strides[i], dilations[i]);
        }
        return y;
    }

    /** @throws DnnError unless x and w give y */
    Convolution shape(int[] x, int[] w, int[] y) {
        int spatial = pads.length;
        Status.BAD_PARAM_SHAPE_MISMATCH.unless(x.length == spatial + 2 && w.length == spatial + 2 && y.length == spatial + 2,
                "a convolution over " + spatial + " spatial dimensions has tensors of " + (spatial + 2));
        Status.BAD_PARAM_SHAPE_MISMATCH.unless(w[1] > 0 && x[1] % w[1] == 0 && w[0] % (x[1] / w[1]) == 0,
                x[1] + " channels, filters " + java.util.Arrays.toString(w));
        Node.same("the result of the convolution", y, result(x, w));
        return new Convolution(x[0], x[1], w[0], x[1] / w[1], three(x), three(w), three(y), Convolution.three(pads, 0),
                Convolution.three(strides, 1), Convolution.three(dilations, 1), flipped);
    }

    private static int[] three(int[] dims) {
        return Convolution.three(java.util.Arrays.copyOfRange(dims, 2, dims.length), 1);
    }
}
