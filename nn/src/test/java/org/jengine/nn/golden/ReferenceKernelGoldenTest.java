package org.jengine.nn.golden;

import org.jengine.kernels.Args;

class ReferenceKernelGoldenTest extends KernelGolden {
    @Override
    Args run(Args args) {
        return Rig.byReference(args);
    }
}
