package org.jengine.nn;

import org.jengine.kernels.DType;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;

/** What is asked before anything is planned. */
final class Checks {
    private Checks() {
    }

    static void precision(Device device, Precision precision) {
        if (precision.real() == DType.BF16 && !device.capabilities().contains(Capability.BF16)) {
            throw new IllegalArgumentException("device " + device.info().id() + " (" + device.info().name() + ") cannot compute in "
                    + precision + "; use " + Precision.FP32);
        }
    }

    static void fits(Net net, ImageData data) {
        if (!net.input().equals(data.image()) || net.classes() != data.classes().size()) {
            throw new IllegalArgumentException("net '" + net.name() + "' takes " + net.input() + " images of " + net.classes()
                    + " classes; " + data.name() + " has " + data.image() + " images of " + data.classes().size());
        }
    }
}
