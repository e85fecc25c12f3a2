package org.jengine.nn;

import org.jengine.kernels.Shape;
import org.jengine.runtime.Device;

/** What is asked before anything is planned. */
final class Checks {
    private Checks() {
    }

    static void precision(Device device, Precision precision) {
        if (!precision.on(device)) {
            throw new IllegalArgumentException("device " + device.info().id() + " (" + device.info().name() + ") cannot compute in "
                    + precision + "; use " + Precision.FP32);
        }
    }

    static void fits(Net net, ImageData data, int batch) {
        if (!net.input().equals(data.image()) || net.classes() != data.classes().size()) {
            throw new IllegalArgumentException("net '" + net.name() + "' takes " + net.input() + " images of " + net.classes()
                    + " classes; " + data.name() + " has " + data.image() + " images of " + data.classes().size());
        }
        // Kernels count elements in 32 bits.
        long widest = net.shapes().stream().mapToLong(Shape::count).max().orElseThrow();
        if (widest * batch > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("batch " + batch + " is too large for net '" + net.name() + "': a layer's result would have "
                    + widest * batch + " elements, and may have 2^31-1; the largest batch is " + Integer.MAX_VALUE / widest);
        }
    }
}
