package org.jengine.softcuda.programs;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.jcudnn.JCudnn.cudnnCreate;
import static jcuda.jcudnn.JCudnn.cudnnDestroy;
import static org.jengine.softcuda.programs.Cuda.check;

import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnHandle;

/**
 * Trains the tutorial's cnn, two blocks of convolution and pooling and a dense layer, on 32 made-up images by cuDNN's older calls, cuBLAS
 * and kernels of its own. Prints each step's loss and milliseconds. Arguments: how many steps.
 */
public final class CnnSteps {
    private static final int IMAGES = 32;
    private static final int CLASSES = 10;

    private CnnSteps() {
    }

    public static void main(String[] arguments) {
        cudnnHandle dnn = new cudnnHandle();
        try (Cuda cuda = new Cuda()) {
            check(cudnnCreate(dnn));
            try (Layers layers = new Layers(cuda);
                    ConvBlock first = new ConvBlock(cuda, layers, dnn, IMAGES, 3, 32, 32);
                    ConvBlock second = new ConvBlock(cuda, layers, dnn, IMAGES, 32, first.side, 64)) {
                train(cuda, layers, first, second, Integer.parseInt(arguments[0]));
            }
            check(cudnnDestroy(dnn));
        }
    }

    private static void train(Cuda cuda, Layers layers, ConvBlock first, ConvBlock second, int steps) {
        int width = 64 * second.side * second.side;
        int[] classes = new int[IMAGES];
        float[] pictures = new float[IMAGES * 3 * 32 * 32];
        for (int k = 0; k < pictures.length; k++) {
            int image = k / (3 * 32 * 32);
            classes[image] = image % CLASSES;
            pictures[k] = (float) (0.5 + 0.2 * layers.random().nextGaussian() + (k % CLASSES == classes[image] ? 0.3 : 0));
        }
        CUdeviceptr x = cuda.upload(pictures);
        CUdeviceptr labels = cuda.upload(classes);
        CUdeviceptr logits = cuda.buffer(4L * IMAGES * CLASSES);
        Layers.Parameter weight = layers.new Parameter(width * CLASSES, Math.sqrt(1.0 / width));
        Layers.Parameter bias = layers.new Parameter(CLASSES, 0);
        List<Layers.Parameter> parameters = List.of(first.weight, first.bias, second.weight, second.bias, weight, bias);
        for (int step = 0; step < steps; step++) {
            long start = System.nanoTime();
            first.forward(x);
            second.forward(first.output);
            layers.product(logits, second.output, weight.value, IMAGES, width, CLASSES);
            layers.loss(logits, bias, labels, IMAGES);
            layers.weightGradient(weight.gradient, second.output, logits, IMAGES, width, CLASSES);
            layers.biasGradient(bias, logits, IMAGES);
            layers.dataGradient(second.outputGradient, logits, weight.value, IMAGES, width, CLASSES);
            second.backward(first.output, first.outputGradient);
            first.backward(x, null);
            parameters.forEach(p -> p.adam(1e-3f));
            check(cuCtxSynchronize());
            long nanos = System.nanoTime() - start;
            System.out.printf("step %d loss %.5f ms %.1f%n", step, layers.readLoss(), nanos / 1e6);
        }
    }
}
