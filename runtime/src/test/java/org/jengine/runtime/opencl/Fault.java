package org.jengine.runtime.opencl;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;

/**
 * A kernel with a fault, of {@code fault.cu} among the tests' resources: output {@code y[count]}, which should be the input
 * {@code x[count]}.
 */
record Fault(String name) implements KernelDef {
    private static final int COUNT = 8;

    @Override
    public String entry() {
        return "fault_" + name + "_f32";
    }

    @Override
    public String stem() {
        return "fault";
    }

    @Override
    public Map<String, String> constants() {
        return Map.of("COUNT", Integer.toString(COUNT));
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("y", DType.F32), Param.in("x", DType.F32), Param.size("count"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return sizes.size("count");
    }

    @Override
    public Grid grid(Args sizes) {
        return new Grid(1, 1, 1, sizes.size("count"));
    }

    @Override
    public void reference(Args a) {
        for (int i = 0; i < a.size("count"); i++) {
            a.data("y").set(i, a.data("x").get(i));
        }
    }

    @Override
    public List<Case> cases() {
        double[] x = IntStream.rangeClosed(1, COUNT).asDoubleStream().toArray();
        return List.of(new Case("count" + COUNT, 0,
                random -> Args.of(this).out("y", COUNT).data("x", Data.of(DType.F32, x)).size("count", COUNT).build()));
    }
}
