package org.jengine.runtime.cuda;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How much of CUDA serves: the driver alone, with cuBLAS, with cuBLAS and cuDNN. */
public enum Tier {
    DRIVER, CUBLAS, CUDNN;

    /** As it is written on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether what the other tier has is in this one. */
    public boolean has(Tier other) {
        return compareTo(other) >= 0;
    }

    /** @throws IllegalArgumentException if it is no tier's {@link #word} */
    static Tier of(String word) {
        return Arrays.stream(values()).filter(t -> t.word().equals(word)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "no tier '" + word + "'; there are " + Arrays.stream(values()).map(Tier::word).collect(Collectors.joining(", "))));
    }
}
