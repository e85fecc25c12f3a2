package org.jengine.nn.golden;

import org.jengine.kernels.Args;

class DeviceKernelGoldenTest extends KernelGolden {
    @Override
    Args run(Args args) {
        return Rig.onDevice(args);
    }
}
