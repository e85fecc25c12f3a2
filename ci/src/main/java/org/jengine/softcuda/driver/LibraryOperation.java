package org.jengine.softcuda.driver;

import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** A library's call: it sees mapped and managed memory as kernels do. */
record LibraryOperation(Operation call, Memory memory) implements Operation {
    @Override
    public String name() {
        return call.name();
    }

    @Override
    public void perform(Turn at) {
        new Mirrors(memory).around(addresses(), () -> call.perform(at));
    }

    @Override
    public Cost cost() {
        return call.cost();
    }

    @Override
    public double seconds(GpuProfile gpu) {
        return call.seconds(gpu);
    }

    @Override
    public long[] addresses() {
        return call.addresses();
    }
}
