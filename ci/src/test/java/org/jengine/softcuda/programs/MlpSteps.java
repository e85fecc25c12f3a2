package org.jengine.softcuda.programs;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static org.jengine.softcuda.programs.Cuda.check;

import jcuda.driver.CUdeviceptr;

/**
 * Trains an MLP 3072-128-128-10 on 128 made-up images by cuBLAS' products and kernels of its own. Prints each step's loss and milliseconds.
 * Arguments: how many steps.
 */
public final class MlpSteps {
    private static final int IMAGES = 128;
    private static final int[] WIDTHS = {3072, 128, 128, 10};

    private MlpSteps() {
    }

    public static void main(String[] arguments) {
        try (Cuda cuda = new Cuda(); Layers layers = new Layers(cuda)) {
            int[] classes = new int[IMAGES];
            float[] pictures = new float[IMAGES * WIDTHS[0]];
            for (int k = 0; k < pictures.length; k++) {
                int image = k / WIDTHS[0];
                classes[image] = image % 10;
                pictures[k] = (float) (0.5 + 0.2 * layers.random().nextGaussian() + (k % 10 == classes[image] ? 0.3 : 0));
            }
            CUdeviceptr labels = cuda.upload(classes);
            CUdeviceptr[] outputs = {cuda.upload(pictures), null, null, null};
            CUdeviceptr[] gradients = new CUdeviceptr[4];
            Layers.Parameter[] weights = new Layers.Parameter[4];
            Layers.Parameter[] biases = new Layers.Parameter[4];
            for (int k = 1; k < 4; k++) {
                outputs[k] = cuda.buffer(4L * IMAGES * WIDTHS[k]);
                gradients[k] = k == 3 ? outputs[k] : cuda.buffer(4L * IMAGES * WIDTHS[k]);
                weights[k] = layers.new Parameter(WIDTHS[k - 1] * WIDTHS[k], Math.sqrt(1.0 / WIDTHS[k - 1]));
                biases[k] = layers.new Parameter(WIDTHS[k], 0);
            }
            for (int step = 0; step < Integer.parseInt(arguments[0]); step++) {
                long start = System.nanoTime();
                for (int k = 1; k < 4; k++) {
                    layers.product(outputs[k], outputs[k - 1], weights[k].value, IMAGES, WIDTHS[k - 1], WIDTHS[k]);
                    if (k < 3) {
                        layers.activate("sigmoid", outputs[k], biases[k], IMAGES);
                    }
                }
                layers.loss(outputs[3], biases[3], labels, IMAGES);
                for (int k = 3; k > 0; k--) {
                    layers.weightGradient(weights[k].gradient, outputs[k - 1], gradients[k], IMAGES, WIDTHS[k - 1], WIDTHS[k]);
                    layers.biasGradient(biases[k], gradients[k], IMAGES);
                    if (k > 1) {
                        layers.dataGradient(gradients[k - 1], gradients[k], weights[k].value, IMAGES, WIDTHS[k - 1], WIDTHS[k]);
                        layers.activateBackward("sigmoid", gradients[k - 1], outputs[k - 1], IMAGES * WIDTHS[k - 1]);
                    }
                }
                for (int k = 1; k < 4; k++) {
                    weights[k].adam(1e-3f);
                    biases[k].adam(1e-3f);
                }
                check(cuCtxSynchronize());
                long nanos = System.nanoTime() - start;
                System.out.printf("step %d loss %.5f ms %.1f%n", step, layers.readLoss(), nanos / 1e6);
            }
        }
    }
}
