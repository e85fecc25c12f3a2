package org.jengine.runtime.cuda;

import java.util.List;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Relu;

/** A kernel that says it touches nothing, so that a launch far beyond its slices can be bound; or one in blocks of another size. */
record Overrun(KernelDef kernel, int threads) implements KernelDef {
    static Overrun relu() {
        return new Overrun(Relu.fwd(DType.F32), 256);
    }

    @Override
    public String entry() {
        return kernel.entry();
    }

    @Override
    public List<Param> params() {
        return kernel.params();
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return 0;
    }

    @Override
    public Grid grid(Args sizes) {
        return Grid.cover(sizes.size("count"), threads);
    }

    @Override
    public void reference(Args a) {
        kernel.reference(a);
    }

    @Override
    public List<Case> cases() {
        return kernel.cases();
    }
}
