package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.jengine.softcuda.blas.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which arguments descriptors take: the statuses are those of cuDNN 9.5.1, asked without a GPU. */
class ArgumentRulesTest {
    private static final int BAD_PARAM = 2000;
    private static final int NOT_SUPPORTED = 3000;

    private final Graphs graphs = new Graphs(90);

    private int call(String name, Object... arguments) {
        return graphs.caller.call(name, arguments);
    }

    private long create(String kind) {
        assertEquals(0, call("cudnnCreate" + kind + "Descriptor", 1L));
        return graphs.caller.i64();
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    /** Not finalised. */
    private long described(int uid, int[] dims, int[] strides, int alignment) {
        long id = graphs.create(Kind.TENSOR);
        graphs.ok(graphs.set(id, Attribute.TENSOR_DATA_TYPE, Type.DATA_TYPE, 0));
        graphs.ok(graphs.set(id, Attribute.TENSOR_DIMENSIONS, Type.INT64, Graphs.boxed(dims)));
        graphs.ok(graphs.set(id, Attribute.TENSOR_STRIDES, Type.INT64, Graphs.boxed(strides)));
        graphs.ok(graphs.set(id, Attribute.TENSOR_UNIQUE_ID, Type.INT64, uid));
        graphs.ok(graphs.set(id, Attribute.TENSOR_BYTE_ALIGNMENT, Type.INT64, alignment));
        return id;
    }

    private int tensor(int[] dims, int[] strides, int alignment, boolean byValue, boolean virtual) {
        long id = described(1, dims, strides, alignment);
        graphs.ok(graphs.set(id, Attribute.TENSOR_IS_BY_VALUE, Type.BOOLEAN, byValue ? 1 : 0));
        graphs.ok(graphs.set(id, Attribute.TENSOR_IS_VIRTUAL, Type.BOOLEAN, virtual ? 1 : 0));
        return graphs.complete(id);
    }

    @ParameterizedTest
    @CsvSource({"2 3 4 5, 60 20 5 1, 16, 0", "2 3, 3 1, 16, 0", "4, 1, 16, 2000", "1, 1, 16, 2000", "2 3 4 5, 60 0 5 1, 16, 0",
        "2 3 4 5, 60 20 5 -1, 16, 2000", "2 3 4 5, 1 1 1 1, 16, 0", "2 -1 4 5, 60 20 5 1, 16, 2000", "2 3 4 5, 20 5 1, 16, 2000",
        "2 3 4 5, 60 20 5 1, 4, 0", "2 3 4 5, 60 20 5 1, 24, 0", "2 3 4 5, 60 20 5 1, 3, 2000", "2 3 4 5, 60 20 5 1, 0, 2000"})
    void tensorsOfGraphs(String dims, String strides, int alignment, int status) {
        assertEquals(status, tensor(numbers(dims), numbers(strides), alignment, false, false));
    }

    @Test
    void scalarsByValueAreAlignedToo() {
        assertEquals(0, tensor(new int[] {1, 1}, new int[] {1, 1}, 4, true, false));
        assertEquals(BAD_PARAM, tensor(new int[] {1, 1}, new int[] {1, 1}, 1, true, false));
        assertEquals(BAD_PARAM, tensor(new int[] {1, 1}, new int[] {1, 1}, 1, false, true));
    }

    @Test
    void noAttributeHasNoElements() {
        long id = graphs.create(Kind.TENSOR);
        assertEquals(BAD_PARAM, graphs.set(id, Attribute.TENSOR_DIMENSIONS, Type.INT64));
        assertEquals(BAD_PARAM, graphs.set(id, Attribute.TENSOR_DATA_TYPE, Type.DATA_TYPE));
    }

    @Test
    void paddingsAreZeroUnlessTheyAreSet() {
        long id = graphs.create(Kind.CONVOLUTION);
        graphs.ok(graphs.set(id, Attribute.CONVOLUTION_COMP_TYPE, Type.DATA_TYPE, 0));
        graphs.ok(graphs.set(id, Attribute.CONVOLUTION_CONV_MODE, Type.CONVOLUTION_MODE, 1));
        graphs.ok(graphs.set(id, Attribute.CONVOLUTION_SPATIAL_DIMS, Type.INT64, 2));
        graphs.ok(graphs.set(id, Attribute.CONVOLUTION_FILTER_STRIDES, Type.INT64, 1, 1));
        graphs.ok(graphs.set(id, Attribute.CONVOLUTION_DILATIONS, Type.INT64, 1, 1));
        graphs.ok(graphs.complete(id));
        graphs.graph(graphs.forward(id, graphs.output(DataType.F32, true, 1, 2, 4, 4), graphs.output(DataType.F32, true, 3, 2, 3, 3),
                graphs.output(DataType.F32, true, 1, 3, 2, 2)));
    }

    @ParameterizedTest
    @CsvSource({"2 3 4, 2 4 5, 2 3 5, 0", "2 3 4, 1 4 5, 2 3 5, 0", "1 3 4, 2 4 5, 2 3 5, 0", "1 3 4, 1 4 5, 2 3 5, 2008",
        "3 3 4, 2 4 5, 2 3 5, 2008", "3 4, 4 5, 3 5, 0"})
    void productsOfBatches(String a, String b, String c, int status) {
        long settings = graphs.create(Kind.MATMUL);
        graphs.ok(graphs.set(settings, Attribute.MATMUL_COMP_TYPE, Type.DATA_TYPE, 0));
        graphs.ok(graphs.complete(settings));
        long id = graphs.create(Kind.OPERATION_MATMUL);
        graphs.ok(graphs.set(id, Attribute.OPERATION_MATMUL_DESC, Type.DESCRIPTOR, settings));
        graphs.ok(graphs.set(id, Attribute.OPERATION_MATMUL_ADESC, Type.DESCRIPTOR, graphs.output(DataType.F32, false, numbers(a)).id()));
        graphs.ok(graphs.set(id, Attribute.OPERATION_MATMUL_BDESC, Type.DESCRIPTOR, graphs.output(DataType.F32, false, numbers(b)).id()));
        graphs.ok(graphs.set(id, Attribute.OPERATION_MATMUL_CDESC, Type.DESCRIPTOR, graphs.output(DataType.F32, false, numbers(c)).id()));
        assertEquals(status, graphs.complete(id));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 0", "4, 0", "5, 3000", "6, 3000", "8, 3000", "9, 2000", "-1, 2000"})
    void reductionsOfGraphs(int operator, int status) {
        long id = graphs.create(Kind.REDUCTION);
        graphs.ok(graphs.set(id, Attribute.REDUCTION_OPERATOR, Type.REDUCTION_OPERATOR, operator));
        graphs.ok(graphs.set(id, Attribute.REDUCTION_COMP_TYPE, Type.DATA_TYPE, 0));
        assertEquals(status, graphs.complete(id));
    }

    private long relu(long x, long y, Long b) {
        long function = graphs.create(Kind.POINTWISE);
        graphs.ok(graphs.set(function, Attribute.POINTWISE_MODE, Type.POINTWISE_MODE, 100));
        graphs.ok(graphs.set(function, Attribute.POINTWISE_MATH_PREC, Type.DATA_TYPE, 0));
        graphs.ok(graphs.complete(function));
        long id = graphs.create(Kind.OPERATION_POINTWISE);
        graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_PW_DESCRIPTOR, Type.DESCRIPTOR, function));
        graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_XDESC, Type.DESCRIPTOR, x));
        graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_YDESC, Type.DESCRIPTOR, y));
        if (b != null) {
            graphs.ok(graphs.set(id, Attribute.OPERATION_POINTWISE_BDESC, Type.DESCRIPTOR, b));
        }
        graphs.ok(graphs.complete(id));
        return id;
    }

    @Test
    void operandsWithoutUseMayBeSet() {
        Graphs.Placed b = graphs.output(DataType.F32, false, 1, 1, 1, 3);
        relu(graphs.output(DataType.F32, false, 2, 4, 4, 4).id(), graphs.output(DataType.F32, false, 2, 4, 4, 4).id(), b.id());
    }

    /** Two descriptors of one unique ID must say the same, what they are passed on as included. */
    @Test
    void twinsAreAlike() {
        long x = graphs.output(DataType.F32, false, 2, 4, 4, 4).id();
        long[] middles = new long[2];
        for (int i = 0; i < 2; i++) {
            middles[i] = described(77, new int[] {2, 4, 4, 4}, new int[] {64, 16, 4, 1}, 4 << i);
            graphs.ok(graphs.complete(middles[i]));
        }
        for (int i = 0; i < 2; i++) {
            long first = relu(x, middles[0], null);
            long second = relu(middles[i], graphs.output(DataType.F32, false, 2, 4, 4, 4).id(), null);
            long graph = graphs.create(Kind.OPERATIONGRAPH);
            graphs.ok(graphs.set(graph, Attribute.OPERATIONGRAPH_OPS, Type.DESCRIPTOR, first, second));
            assertEquals(i == 0 ? 0 : 2009, graphs.complete(graph));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 0, 0", "3, 0, 2000", "-1, 0, 2000", "0, 9, 0", "0, 10, 2000", "0, 11, 2000", "0, 14, 2000", "0, -1, 2000",
        "2, 3, 3000"})
    void formatsAndTypesOfTensors(int format, int type, int status) {
        assertEquals(status, call("cudnnSetTensor4dDescriptor", create("Tensor"), format, type, 2, 4, 4, 8));
    }

    @ParameterizedTest
    @CsvSource({"2 3 4 5, 60 20 5 1, 0", "1 3 4 5, 0 20 5 1, 0", "2 3 4 5, 60 0 5 1, 2000", "2 3, 3 1, 0", "2, 1, 2000",
        "2 2 2 2 2 2 2 2, 128 64 32 16 8 4 2 1, 0", "2 2 2 2 2 2 2 2 2, 256 128 64 32 16 8 4 2 1, 3000",
        "65536 1024 1024 4, 4194304 4096 4 1, 3000"})
    void sizesOfTensors(String dims, String strides, int status) {
        int[] sizes = numbers(dims);
        assertEquals(status, call("cudnnSetTensorNdDescriptor", create("Tensor"), 0, sizes.length, Dnn.bytes(sizes),
                Dnn.bytes(numbers(strides))));
    }

    @ParameterizedTest
    @CsvSource({"2, 2000", "3, 0", "4, 0"})
    void sizesOfFilters(int count, int status) {
        int[] dims = new int[count];
        Arrays.fill(dims, 2);
        assertEquals(status, call("cudnnSetFilterNdDescriptor", create("Filter"), 0, 0, count, Dnn.bytes(dims)));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "2, 0", "3, 2000", "4, 0", "6, 2000", "9, 2000", "10, 2000", "-1, 2000"})
    void typesOfConvolutions(int compute, int status) {
        assertEquals(status, call("cudnnSetConvolution2dDescriptor", create("Convolution"), 0, 0, 1, 1, 1, 1, 1, compute));
    }

    @Test
    void enumsOutOfRange() {
        long convolution = create("Convolution");
        graphs.ok(call("cudnnSetConvolution2dDescriptor", convolution, 0, 0, 1, 1, 1, 1, 1, 0));
        assertEquals(BAD_PARAM, call("cudnnSetConvolutionReorderType", convolution, 2));
        assertEquals(BAD_PARAM, call("cudnnSetConvolutionReorderType", convolution, -1));
        byte[] none = new byte[0];
        assertEquals(BAD_PARAM, call("cudnnSetConvolutionNdDescriptor", create("Convolution"), -1, none, none, none, 1, 0));
        assertEquals(BAD_PARAM, call("cudnnSetPooling2dDescriptor", create("Pooling"), 0, 2, 2, 2, 0, 0, 2, 2));
        assertEquals(BAD_PARAM, call("cudnnSetActivationDescriptor", create("Activation"), 1, 2, 0d));
        assertEquals(0, call("cudnnSetOpTensorDescriptor", create("OpTensor"), 0, 0, 0));
        assertEquals(BAD_PARAM, call("cudnnSetOpTensorDescriptor", create("OpTensor"), 0, 3, 0));
        assertEquals(BAD_PARAM, call("cudnnSetOpTensorDescriptor", create("OpTensor"), 0, 0, 2));
        assertEquals(0, call("cudnnSetReduceTensorDescriptor", create("ReduceTensor"), 0, 0, 0, 0, 0));
        assertEquals(BAD_PARAM, call("cudnnSetReduceTensorDescriptor", create("ReduceTensor"), 0, 99, 0, 0, 0));
        assertEquals(BAD_PARAM, call("cudnnSetReduceTensorDescriptor", create("ReduceTensor"), 0, 0, 2, 0, 0));
        assertEquals(BAD_PARAM, call("cudnnSetReduceTensorDescriptor", create("ReduceTensor"), 2, 0, 0, 2, 0));
        assertEquals(BAD_PARAM, call("cudnnSetReduceTensorDescriptor", create("ReduceTensor"), 2, 0, 0, 1, 9));
        assertEquals(NOT_SUPPORTED, call("cudnnSetReduceTensorDescriptor", create("ReduceTensor"), 2, 0, 0, 1, 0));
    }

    @Test
    void windowsFitAndNullsAreDestroyed() {
        long x = create("Tensor");
        graphs.ok(call("cudnnSetTensor4dDescriptor", x, 0, 0, 2, 8, 6, 6));
        long pool = create("Pooling");
        graphs.ok(call("cudnnSetPooling2dDescriptor", pool, 0, 0, 9, 9, 0, 0, 2, 2));
        assertEquals(BAD_PARAM, call("cudnnGetPooling2dForwardOutputDim", pool, x, 1L, 1L, 1L, 1L));
        assertEquals(0, call("cudnnDestroyTensorDescriptor", 0L));
        assertEquals(0, call("cudnnGetTensorNdDescriptor", x, -1, 1L, 1L, 1L, 1L));
    }
}
