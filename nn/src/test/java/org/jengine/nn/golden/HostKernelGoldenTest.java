package org.jengine.nn.golden;

import org.jengine.kernels.Args;

class HostKernelGoldenTest extends KernelGolden {
    @Override
    Args run(Args args) {
        return Rig.onHost(args);
    }
}
