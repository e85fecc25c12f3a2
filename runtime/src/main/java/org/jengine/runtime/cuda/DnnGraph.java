package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.runtime.Activation;

/**
 * An operation graph under construction: tensors by the role that they play, and operations between them. What passes from one operation
 * to the next is float and in no memory. Images are {@code [n, c, h, w]} to cuDNN, with strides that put the channels last.
 */
final class DnnGraph {
    /** What every slice is aligned to at least. */
    private static final int ALIGNMENT = 16;
    private static final int CROSS_CORRELATION = 1;
    private static final int ADD = 0;
    private static final int RELU = 100;
    private static final int SIGMOID = 102;
    private static final int RELU_BACKWARD = 200;
    private static final int SUM = 0;
    private static final int MAX_POOL = 3;
    private static final int PAD_WITH_LEAST = 1;
    private static final long FLOAT = 0;
    private static final long BFLOAT16 = 9;
    private static final long INT8 = 3;
    private static final int SPATIAL = 2;

    /** The tensors in memory that a launch names; {@code X Y} stand for their gradients where these are meant. */
    enum Role { X, W, B, Y, INDEX, BEFORE }

    private final DnnScope scope;
    private final Dnn dnn;
    private final DnnTarget target;
    private final List<Dnn.Descriptor> operations = new ArrayList<>();
    private long nextId = Role.values().length;

    DnnGraph(DnnScope scope, DnnTarget target) {
        this.scope = scope;
        this.target = target;
        dnn = scope.dnn();
    }

    static long id(Role role) {
        return role.ordinal() + 1L;
    }

    /** A tensor in memory, images with the channels last. */
    Dnn.Descriptor images(Role role, DType type, int n, int c, int h, int w) {
        return tensor(id(role), false, dataType(type), n, c, h, w);
    }

    /** What passes between two operations. */
    Dnn.Descriptor between(int n, int c, int h, int w) {
        return tensor(++nextId, true, FLOAT, n, c, h, w);
    }

    private Dnn.Descriptor tensor(long id, boolean virtual, long type, long n, long c, long h, long w) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.TENSOR);
        dnn.set(made, DnnAttribute.TENSOR_DATA_TYPE, type);
        dnn.set(made, DnnAttribute.TENSOR_DIMENSIONS, n, c, h, w);
        dnn.set(made, DnnAttribute.TENSOR_STRIDES, h * w * c, 1, w * c, c);
        dnn.set(made, DnnAttribute.TENSOR_BYTE_ALIGNMENT, ALIGNMENT);
        dnn.set(made, DnnAttribute.TENSOR_UNIQUE_ID, id);
        dnn.set(made, DnnAttribute.TENSOR_IS_VIRTUAL, virtual ? 1 : 0);
        dnn.finish(made);
        return made;
    }

    private static long dataType(DType type) {
        return switch (type) {
            case F32 -> FLOAT;
            case BF16 -> BFLOAT16;
            case U8 -> INT8;
            default -> throw new IllegalArgumentException("cuDNN's operations are given no " + type);
        };
    }

    /** Settings of a convolution of stride 1. */
    Dnn.Descriptor convolution(int pad) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.CONVOLUTION);
        dnn.set(made, DnnAttribute.CONVOLUTION_COMP_TYPE, FLOAT);
        dnn.set(made, DnnAttribute.CONVOLUTION_CONV_MODE, CROSS_CORRELATION);
        dnn.set(made, DnnAttribute.CONVOLUTION_SPATIAL_DIMS, SPATIAL);
        dnn.set(made, DnnAttribute.CONVOLUTION_PRE_PADDINGS, pad, pad);
        dnn.set(made, DnnAttribute.CONVOLUTION_POST_PADDINGS, pad, pad);
        dnn.set(made, DnnAttribute.CONVOLUTION_FILTER_STRIDES, 1, 1);
        dnn.set(made, DnnAttribute.CONVOLUTION_DILATIONS, 1, 1);
        dnn.finish(made);
        return made;
    }

    void forward(Dnn.Descriptor convolution, Dnn.Descriptor x, Dnn.Descriptor w, Dnn.Descriptor y) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATION_CONVOLUTION_FORWARD);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_FORWARD_X, x);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_FORWARD_W, w);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_FORWARD_Y, y);
        operation(made);
    }

    void backwardData(Dnn.Descriptor convolution, Dnn.Descriptor dx, Dnn.Descriptor w, Dnn.Descriptor dy) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATION_CONVOLUTION_BACKWARD_DATA);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, convolution);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_DATA_DX, dx);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_DATA_W, w);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_DATA_DY, dy);
        operation(made);
    }

    void backwardWeights(Dnn.Descriptor convolution, Dnn.Descriptor dw, Dnn.Descriptor x, Dnn.Descriptor dy) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATION_CONVOLUTION_BACKWARD_FILTER);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, convolution);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_FILTER_DW, dw);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_FILTER_X, x);
        dnn.set(made, DnnAttribute.OPERATION_CONVOLUTION_BWD_FILTER_DY, dy);
        operation(made);
    }

    /** {@code y = a + b}, {@code b} repeated where it has one element only. */
    void add(Dnn.Descriptor a, Dnn.Descriptor b, Dnn.Descriptor y) {
        Dnn.Descriptor made = pointwise(ADD);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_XDESC, a);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_BDESC, b);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_YDESC, y);
        operation(made);
    }

    void activate(Activation act, Dnn.Descriptor x, Dnn.Descriptor y) {
        Dnn.Descriptor made = pointwise(act == Activation.RELU ? RELU : SIGMOID);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_XDESC, x);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_YDESC, y);
        operation(made);
    }

    /** {@code dx} is {@code dy} where {@code x}, or what ReLU made of it, is positive, and 0 elsewhere. */
    void reluBackward(Dnn.Descriptor dx, Dnn.Descriptor dy, Dnn.Descriptor x) {
        Dnn.Descriptor made = pointwise(RELU_BACKWARD);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_XDESC, x);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_DYDESC, dy);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_DXDESC, dx);
        operation(made);
    }

    private Dnn.Descriptor pointwise(int mode) {
        Dnn.Descriptor function = scope.descriptor(DnnKind.POINTWISE);
        dnn.set(function, DnnAttribute.POINTWISE_MODE, mode);
        dnn.set(function, DnnAttribute.POINTWISE_MATH_PREC, FLOAT);
        dnn.finish(function);
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATION_POINTWISE);
        dnn.set(made, DnnAttribute.OPERATION_POINTWISE_PW_DESCRIPTOR, function);
        return made;
    }

    /** Sums {@code x} along the dimensions where {@code y} has one element. */
    void sum(Dnn.Descriptor x, Dnn.Descriptor y) {
        Dnn.Descriptor how = scope.descriptor(DnnKind.REDUCTION);
        dnn.set(how, DnnAttribute.REDUCTION_OPERATOR, SUM);
        dnn.set(how, DnnAttribute.REDUCTION_COMP_TYPE, FLOAT);
        dnn.finish(how);
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATION_REDUCTION);
        dnn.set(made, DnnAttribute.OPERATION_REDUCTION_DESC, how);
        dnn.set(made, DnnAttribute.OPERATION_REDUCTION_XDESC, x);
        dnn.set(made, DnnAttribute.OPERATION_REDUCTION_YDESC, y);
        operation(made);
    }

    /** Settings of a max pooling without overlap. */
    Dnn.Descriptor pooling(int window) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.RESAMPLE);
        dnn.set(made, DnnAttribute.RESAMPLE_MODE, MAX_POOL);
        dnn.set(made, DnnAttribute.RESAMPLE_COMP_TYPE, FLOAT);
        dnn.set(made, DnnAttribute.RESAMPLE_PADDING_MODE, PAD_WITH_LEAST);
        dnn.set(made, DnnAttribute.RESAMPLE_SPATIAL_DIMS, SPATIAL);
        dnn.set(made, DnnAttribute.RESAMPLE_WINDOW_DIMS, window, window);
        dnn.set(made, DnnAttribute.RESAMPLE_STRIDES, window, window);
        dnn.set(made, DnnAttribute.RESAMPLE_PRE_PADDINGS, 0, 0);
        dnn.set(made, DnnAttribute.RESAMPLE_POST_PADDINGS, 0, 0);
        dnn.finish(made);
        return made;
    }

    void pool(Dnn.Descriptor pooling, Dnn.Descriptor y, Dnn.Descriptor index, Dnn.Descriptor x) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATION_RESAMPLE_FWD);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_FWD_DESC, pooling);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_FWD_XDESC, x);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_FWD_YDESC, y);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_FWD_IDXDESC, index);
        operation(made);
    }

    void poolBackward(Dnn.Descriptor pooling, Dnn.Descriptor dx, Dnn.Descriptor dy, Dnn.Descriptor index) {
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATION_RESAMPLE_BWD);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_BWD_DESC, pooling);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_BWD_DXDESC, dx);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_BWD_DYDESC, dy);
        dnn.set(made, DnnAttribute.OPERATION_RESAMPLE_BWD_IDXDESC, index);
        operation(made);
    }

    private void operation(Dnn.Descriptor made) {
        dnn.finish(made);
        operations.add(made);
    }

    /** All of it, as the planner takes it. */
    Dnn.Descriptor finish() {
        Dnn.Descriptor made = scope.descriptor(DnnKind.OPERATIONGRAPH);
        target.in(made, DnnAttribute.OPERATIONGRAPH_HANDLE, null);
        dnn.set(made, DnnAttribute.OPERATIONGRAPH_OPS, operations.toArray(Dnn.Descriptor[]::new));
        dnn.finish(made);
        return made;
    }
}
