package org.jengine.softcuda.dnn;

import java.util.List;

/**
 * A tensor of an operation graph.
 *
 * @param uid       names it in the graph and in variant packs
 * @param virtual   whether it passes from one operation to another without being in memory
 * @param byValue   whether its one element lies in the program's memory
 * @param alignment bytes that its address is a multiple of
 */
record GraphTensor(long uid, Tensor tensor, boolean virtual, boolean byValue, int alignment) {
    private static final int LEAST_DIMENSIONS = 2;
    private static final int MOST_DIMENSIONS = 8;

    static GraphTensor of(Descriptor from) {
        int[] dims = from.numbers(Attribute.TENSOR_DIMENSIONS);
        int[] strides = from.numbers(Attribute.TENSOR_STRIDES);
        int alignment = from.number(Attribute.TENSOR_BYTE_ALIGNMENT);
        Status.BAD_PARAM.unless(dims.length == strides.length && dims.length >= LEAST_DIMENSIONS && dims.length <= MOST_DIMENSIONS,
                "CUDNN_ATTR_TENSOR_DIMENSIONS has " + dims.length + " elements, CUDNN_ATTR_TENSOR_STRIDES " + strides.length);
        for (int i = 0; i < dims.length; i++) {
            Status.BAD_PARAM.unless(dims[i] > 0, "CUDNN_ATTR_TENSOR_DIMENSIONS[" + i + "] is " + dims[i]);
            Status.BAD_PARAM.unless(strides[i] >= 0, "CUDNN_ATTR_TENSOR_STRIDES[" + i + "] is " + strides[i]);
        }
        Status.NOT_SUPPORTED.unless(from.number(Attribute.TENSOR_VECTOR_COUNT, 0, 1) == 1, "CUDNN_ATTR_TENSOR_VECTOR_COUNT");
        Tensor tensor = new Tensor(Types.of(from.number(Attribute.TENSOR_DATA_TYPE), "CUDNN_ATTR_TENSOR_DATA_TYPE"), dims, strides);
        boolean byValue = from.truth(Attribute.TENSOR_IS_BY_VALUE);
        boolean virtual = from.truth(Attribute.TENSOR_IS_VIRTUAL);
        Status.BAD_PARAM.unless(!byValue || tensor.count() == 1, "CUDNN_ATTR_TENSOR_IS_BY_VALUE for " + tensor.count() + " elements");
        Status.BAD_PARAM.unless(!byValue || !virtual, "CUDNN_ATTR_TENSOR_IS_BY_VALUE and CUDNN_ATTR_TENSOR_IS_VIRTUAL");
        Status.BAD_PARAM.unless(alignment >= tensor.type().bytes(), "CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT " + alignment
                + " is less than an element");
        return new GraphTensor(from.number(Attribute.TENSOR_UNIQUE_ID, 0, 0), tensor, virtual, byValue, alignment);
    }

    /** Whether two descriptors of one unique ID say the same. */
    boolean isTwin(GraphTensor other) {
        return virtual == other.virtual && byValue == other.byValue && alignment == other.alignment
                && tensor.toString().equals(other.tensor.toString());
    }

    int[] dims() {
        return tensor.dims();
    }

    /** The tensors that are there: an operation may leave some out. */
    static List<GraphTensor> present(GraphTensor... tensors) {
        return java.util.Arrays.stream(tensors).filter(java.util.Objects::nonNull).toList();
    }
}
