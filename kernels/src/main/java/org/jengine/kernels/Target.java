package org.jengine.kernels;

/**
 * What a kernel's text is compiled for. {@code <stem>.cu} serves every device. Beside it there may be one that NVIDIA's GPUs run instead,
 * and one for the newer of them, each with the same kernels: the same declaration, cases and reference hold, and what a text cannot do
 * better it includes from the portable one's headers.
 */
public enum Target {
    /** OpenCL C, and CUDA C where there is no other text. */
    PORTABLE("", 0),
    /** {@code <stem>.cuda.cu}: CUDA C for compute capability 7.5 and up. */
    CUDA(".cuda", 75),
    /**
     * {@code <stem>.sm80.cu}: CUDA C for 8.0 and up, whose tensor cores know bfloat16 and TF32, and which copies to shared memory in the
     * background.
     */
    SM80(".sm80", 80);

    private final String mark;
    private final int capability;

    Target(String mark, int capability) {
        this.mark = mark;
        this.capability = capability;
    }

    /** What stands between a stem and {@code .cu} in the names of such texts. */
    public String mark() {
        return mark;
    }

    /** The least compute capability, as 75 for 7.5; 0 if any device will do. */
    public int capability() {
        return capability;
    }
}
