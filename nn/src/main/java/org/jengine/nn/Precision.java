package org.jengine.nn;

import org.jengine.kernels.DType;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.Numerics;

/** What activations and the weights that matrix products see are stored in; master weights and statistics are always float32. */
public enum Precision {
    FP32(DType.F32, null),
    /** Float32 everywhere, but products may round their inputs to 10 bits of fraction. */
    TF32(DType.F32, Capability.TF32),
    BF16(DType.BF16, Capability.BF16);

    private final DType real;
    private final Capability need;

    Precision(DType real, Capability need) {
        this.real = real;
        this.need = need;
    }

    /** Whether the device can compute so. */
    public boolean on(Device device) {
        return need == null || device.capabilities().contains(need);
    }

    /** How the device's library may compute. */
    public Numerics numerics() {
        return new Numerics(this == TF32, false);
    }

    public DType real() {
        return real;
    }
}
