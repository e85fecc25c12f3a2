package org.jengine.softcuda.dnn;

import java.util.List;

/**
 * Pooling forward, or its gradient; x and y stand for the gradients in that case. The index says what place of its window a maximum came
 * from.
 */
record PoolNode(boolean backward, Pooling shape, GraphTensor x, GraphTensor y, GraphTensor index, float alpha, float beta) implements Node {
    private static final int AVERAGE_WITH_PADDING = 2;
    private static final int MAX = 3;
    private static final int AVERAGE = 4;

    /** What a resample descriptor says. */
    record Settings(Pooling.Mode mode, int[] window, int[] pads, int[] ends, int[] strides) {
        static Settings of(Descriptor from) {
            int number = from.number(Attribute.RESAMPLE_MODE);
            Pooling.Mode mode = switch (number) {
                case AVERAGE_WITH_PADDING -> Pooling.Mode.AVERAGE_WITH_PADDING;
                case AVERAGE -> Pooling.Mode.AVERAGE;
                case MAX -> Pooling.Mode.MAX;
                default -> throw Status.NOT_SUPPORTED.of("CUDNN_ATTR_RESAMPLE_MODE is " + number);
            };
            int spatial = from.number(Attribute.RESAMPLE_SPATIAL_DIMS);
            Status.BAD_PARAM.unless(spatial > 0 && spatial <= Convolution.SPATIAL, "CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS is " + spatial);
            Settings made = new Settings(mode, from.numbers(Attribute.RESAMPLE_WINDOW_DIMS),
                    from.numbers(Attribute.RESAMPLE_PRE_PADDINGS, spatial), from.numbers(Attribute.RESAMPLE_POST_PADDINGS, spatial),
                    from.numbers(Attribute.RESAMPLE_STRIDES));
            made.check(spatial);
            return made;
        }

        void check(int spatial) {
            for (int[] list : new int[][] {window, pads, ends, strides}) {
                Status.BAD_PARAM.unless(list.length == spatial, "window, paddings and strides must have " + spatial + " elements each");
            }
            for (int i = 0; i < spatial; i++) {
                Status.BAD_PARAM.unless(window[i] > 0 && strides[i] > 0, "window and strides must be positive");
                Status.BAD_PARAM.unless(pads[i] >= 0 && ends[i] >= 0 && pads[i] < window[i], "padding must be less than the window");
            }
        }

        int[] result(int[] x) {
            int[] y = x.clone();
            for (int i = 0; i < window.length; i++) {
                y[i + 2] = Convolution.outSize(x[i + 2], window[i], pads[i], ends[i], strides[i], 1);
            }
            return y;
        }

        Pooling shape(int[] x, int[] y) {
            Status.BAD_PARAM_SHAPE_MISMATCH.unless(x.length == window.length + 2, "pooling over " + window.length + " spatial dimensions");
            Node.same("the result of the pooling", y, result(x));
            return new Pooling(mode, x[0] * x[1], three(x), Convolution.three(window, 1), three(y), Convolution.three(pads, 0),
                    Convolution.three(strides, 1));
        }

        private static int[] three(int[] dims) {
            return Convolution.three(java.util.Arrays.copyOfRange(dims, 2, dims.length), 1);
        }
    }

    static PoolNode of(Descriptor from) {
        boolean backward = from.kind() == Kind.OPERATION_RESAMPLE_BWD;
        Settings settings = from.part(backward ? Attribute.OPERATION_RESAMPLE_BWD_DESC : Attribute.OPERATION_RESAMPLE_FWD_DESC,
                Settings.class);
        GraphTensor x = from.part(backward ? Attribute.OPERATION_RESAMPLE_BWD_DXDESC : Attribute.OPERATION_RESAMPLE_FWD_XDESC,
                GraphTensor.class);
        GraphTensor y = from.part(backward ? Attribute.OPERATION_RESAMPLE_BWD_DYDESC : Attribute.OPERATION_RESAMPLE_FWD_YDESC,
                GraphTensor.class);
        GraphTensor index = from.part(backward ? Attribute.OPERATION_RESAMPLE_BWD_IDXDESC : Attribute.OPERATION_RESAMPLE_FWD_IDXDESC,
                GraphTensor.class);
        if (index != null) {
            Node.same("the index", index.dims(), y.dims());
            Status.BAD_PARAM.unless(!Types.isReal(index.tensor().type()), "an index of type " + index.tensor().type());
        }
        return new PoolNode(backward, settings.shape(x.dims(), y.dims()), x, y, index,
                from.real(backward ? Attribute.OPERATION_RESAMPLE_BWD_ALPHA : Attribute.OPERATION_RESAMPLE_FWD_ALPHA, 1),
                from.real(backward ? Attribute.OPERATION_RESAMPLE_BWD_BETA : Attribute.OPERATION_RESAMPLE_FWD_BETA, 0));
    }

    @Override
    public List<GraphTensor> inputs() {
        return backward ? GraphTensor.present(y, index) : List.of(x);
    }

    @Override
    public List<GraphTensor> outputs() {
        return backward ? List.of(x) : GraphTensor.present(y, index);
    }

    @Override
    public void perform(Store store) {
        if (backward) {
            int[] places = null;
            if (shape.mode() == Pooling.Mode.MAX) {
                float[] given = store.get(index);
                places = new int[given.length];
                for (int i = 0; i < places.length; i++) {
                    places[i] = (int) given[i];
                }
            }
            Node.blend(store, x, shape.backward(store.get(y), places), alpha, beta);
            return;
        }
        Pooling.Result result = shape.forward(store.get(x));
        Node.blend(store, y, result.y(), alpha, beta);
        if (index != null && result.index() != null) {
            float[] places = new float[result.index().length];
            for (int i = 0; i < places.length; i++) {
                places[i] = result.index()[i];
            }
            store.put(index, places);
        }
    }
}
