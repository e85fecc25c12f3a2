package org.jengine.softcuda.programs;

import static jcuda.jcudnn.JCudnn.cudnnActivationBackward;
import static jcuda.jcudnn.JCudnn.cudnnActivationForward;
import static jcuda.jcudnn.JCudnn.cudnnAddTensor;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBackwardBias;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBackwardData;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBackwardFilter;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionForward;
import static jcuda.jcudnn.JCudnn.cudnnCreateActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateConvolutionDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateFilterDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreatePoolingDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyConvolutionDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyFilterDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyPoolingDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionForwardWorkspaceSize;
import static jcuda.jcudnn.JCudnn.cudnnPoolingBackward;
import static jcuda.jcudnn.JCudnn.cudnnPoolingForward;
import static jcuda.jcudnn.JCudnn.cudnnSetActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetConvolution2dDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetFilter4dDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetPooling2dDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetTensor4dDescriptor;
import static org.jengine.softcuda.programs.Cuda.check;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/** Convolution 3x3 without padding, bias, ReLU, max pooling 2x2, by cuDNN's older calls on NCHW tensors. */
final class ConvBlock implements AutoCloseable {
    private static final Pointer ONE = Pointer.to(new float[] {1});
    private static final Pointer ZERO = Pointer.to(new float[] {0});
    private static final int FLOAT = cudnnDataType.CUDNN_DATA_FLOAT;
    private static final int NCHW = cudnnTensorFormat.CUDNN_TENSOR_NCHW;
    private static final int NO_NAN = cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN;
    private static final int FORWARD = cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
    private static final int DATA = cudnnConvolutionBwdDataAlgo.CUDNN_CONVOLUTION_BWD_DATA_ALGO_1;
    private static final int FILTER = cudnnConvolutionBwdFilterAlgo.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1;

    private final cudnnHandle dnn;
    private final cudnnTensorDescriptor in = new cudnnTensorDescriptor();
    private final cudnnTensorDescriptor middle = new cudnnTensorDescriptor();
    private final cudnnTensorDescriptor out = new cudnnTensorDescriptor();
    private final cudnnTensorDescriptor biases = new cudnnTensorDescriptor();
    private final cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
    private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
    private final cudnnPoolingDescriptor pooling = new cudnnPoolingDescriptor();
    private final cudnnActivationDescriptor relu = new cudnnActivationDescriptor();
    private final CUdeviceptr convolved;
    private final CUdeviceptr gradient;
    private final CUdeviceptr workspace;
    private final long workspaceBytes;
    final Layers.Parameter weight;
    final Layers.Parameter bias;
    /** What the block makes; its gradient is written here too by whoever comes after. */
    final CUdeviceptr output;
    final CUdeviceptr outputGradient;
    /** Rows and columns of a channel of the output. */
    final int side;

    ConvBlock(Cuda cuda, Layers layers, cudnnHandle dnn, int images, int inChannels, int inSide, int channels) {
        this.dnn = dnn;
        int middleSide = inSide - 2;
        side = middleSide / 2;
        tensor(in, images, inChannels, inSide);
        tensor(middle, images, channels, middleSide);
        tensor(out, images, channels, side);
        tensor(biases, 1, channels, 1);
        check(cudnnCreateFilterDescriptor(filter));
        check(cudnnSetFilter4dDescriptor(filter, FLOAT, NCHW, channels, inChannels, 3, 3));
        check(cudnnCreateConvolutionDescriptor(convolution));
        check(cudnnSetConvolution2dDescriptor(convolution, 0, 0, 1, 1, 1, 1, cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                FLOAT));
        check(cudnnCreatePoolingDescriptor(pooling));
        check(cudnnSetPooling2dDescriptor(pooling, cudnnPoolingMode.CUDNN_POOLING_MAX, NO_NAN, 2, 2, 0, 0, 2, 2));
        check(cudnnCreateActivationDescriptor(relu));
        check(cudnnSetActivationDescriptor(relu, cudnnActivationMode.CUDNN_ACTIVATION_RELU, NO_NAN, 0));
        long[] bytes = new long[3];
        long[] one = new long[1];
        check(cudnnGetConvolutionForwardWorkspaceSize(dnn, in, filter, convolution, middle, FORWARD, one));
        bytes[0] = one[0];
        check(cudnnGetConvolutionBackwardDataWorkspaceSize(dnn, filter, middle, convolution, in, DATA, one));
        bytes[1] = one[0];
        check(cudnnGetConvolutionBackwardFilterWorkspaceSize(dnn, in, middle, convolution, filter, FILTER, one));
        bytes[2] = one[0];
        workspaceBytes = Math.max(bytes[0], Math.max(bytes[1], bytes[2]));
        workspace = cuda.buffer(Math.max(4, workspaceBytes));
        long middleBytes = 4L * images * channels * middleSide * middleSide;
        convolved = cuda.buffer(middleBytes);
        gradient = cuda.buffer(middleBytes);
        output = cuda.buffer(4L * images * channels * side * side);
        outputGradient = cuda.buffer(4L * images * channels * side * side);
        weight = layers.new Parameter(channels * inChannels * 9, Math.sqrt(2.0 / (9 * inChannels)));
        bias = layers.new Parameter(channels, 0);
    }

    void forward(CUdeviceptr x) {
        check(cudnnConvolutionForward(dnn, ONE, in, x, filter, weight.value, convolution, FORWARD, workspace, workspaceBytes, ZERO, middle,
                convolved));
        check(cudnnAddTensor(dnn, ONE, biases, bias.value, ONE, middle, convolved));
        check(cudnnActivationForward(dnn, relu, ONE, middle, convolved, ZERO, middle, convolved));
        check(cudnnPoolingForward(dnn, pooling, ONE, middle, convolved, ZERO, out, output));
    }

    /** From {@link #outputGradient} to the parameters' gradients, and to that of the input unless {@code dx} is null. */
    void backward(CUdeviceptr x, CUdeviceptr dx) {
        check(cudnnPoolingBackward(dnn, pooling, ONE, out, output, out, outputGradient, middle, convolved, ZERO, middle, gradient));
        check(cudnnActivationBackward(dnn, relu, ONE, middle, convolved, middle, gradient, middle, convolved, ZERO, middle, gradient));
        check(cudnnConvolutionBackwardBias(dnn, ONE, middle, gradient, ZERO, biases, bias.gradient));
        check(cudnnConvolutionBackwardFilter(dnn, ONE, in, x, middle, gradient, convolution, FILTER, workspace, workspaceBytes, ZERO,
                filter, weight.gradient));
        if (dx != null) {
            check(cudnnConvolutionBackwardData(dnn, ONE, filter, weight.value, middle, gradient, convolution, DATA, workspace,
                    workspaceBytes, ZERO, in, dx));
        }
    }

    private static void tensor(cudnnTensorDescriptor descriptor, int images, int channels, int side) {
        check(cudnnCreateTensorDescriptor(descriptor));
        check(cudnnSetTensor4dDescriptor(descriptor, NCHW, FLOAT, images, channels, side, side));
    }

    @Override
    public void close() {
        for (cudnnTensorDescriptor tensor : new cudnnTensorDescriptor[] {in, middle, out, biases}) {
            check(cudnnDestroyTensorDescriptor(tensor));
        }
        check(cudnnDestroyFilterDescriptor(filter));
        check(cudnnDestroyConvolutionDescriptor(convolution));
        check(cudnnDestroyPoolingDescriptor(pooling));
        check(cudnnDestroyActivationDescriptor(relu));
    }
}
