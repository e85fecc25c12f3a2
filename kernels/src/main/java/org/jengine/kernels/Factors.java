package org.jengine.kernels;

import java.util.HashMap;
import java.util.Map;
import org.jengine.kernels.KernelDef.Devices;

/** What a product multiplies: how its factors are stored, and as what they are taken. Sums are float32 always. */
public enum Factors {
    /** On CUDA cores, which is exact. */
    F32(DType.F32, Devices.CUDA_CORES),
    /** Rounded to TF32 on the way to tensor cores: to the nearest of 10 bits of fraction, ties away from zero, as cuBLAS and cuDNN do. */
    TF32(DType.F32, Devices.TENSOR_CORES),
    /** On tensor cores where a GPU has those that know it; which is exact too. */
    BF16(DType.BF16, Devices.CUDA);

    /** The first of the bits of a float that TF32 does not have. */
    private static final int BEYOND = 0x1000;

    private final DType real;
    private final Devices devices;

    Factors(DType real, Devices devices) {
        this.real = real;
        this.devices = devices;
    }

    /**
     * Factors that are stored so.
     *
     * @param tf32 whether float32 may be rounded to TF32, and the device can
     * @throws IllegalArgumentException if {@code real} is not a float type
     */
    public static Factors of(DType real, boolean tf32) {
        Real.require("a product", real);
        return real == DType.BF16 ? BF16 : tf32 ? TF32 : F32;
    }

    public DType real() {
        return real;
    }

    /** What can multiply them. */
    Devices devices() {
        return devices;
    }

    /** The macros of a kernel with these of its own: a text in two ways for one storage type has names for both. */
    Map<String, String> constants(Map<String, String> own) {
        Map<String, String> constants = new HashMap<>(own);
        if (this == TF32) {
            constants.put("TF32", "1");
            constants.merge("VARIANT", "tf32", (variant, mark) -> variant + "_" + mark);
        }
        return Map.copyOf(constants);
    }

    /** As {@code product_fwd_s64_tf32_f32}: what the macros make of the kernel's name. */
    String entry(String op) {
        return Real.entry(this == TF32 ? op + "_tf32" : op, real);
    }

    /** What is multiplied in the place of a factor. */
    double rounded(double factor) {
        return this == TF32 ? Float.intBitsToFloat(Float.floatToRawIntBits((float) factor) + BEYOND & -2 * BEYOND) : factor;
    }
}
