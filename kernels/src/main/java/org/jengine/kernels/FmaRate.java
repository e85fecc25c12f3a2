package org.jengine.kernels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chains of multiplications and additions in registers: no operation of a net, but what a device can compute, by which benchmarks judge
 * the matrix products. Each of {@code count} threads has {@code chains} numbers, number {@code j} beginning as {@code j}; {@code turns}
 * times each becomes {@code number * x[0] + x[1]}; {@code y F32[count, chains]} is what they end as.
 *
 * @param chains  independent of each other, so that none waits for the one before
 * @param threads in a block
 */
public record FmaRate(int chains, int threads) implements KernelDef {
    /**
     * For CPUs: blocks of one thread, whose chains fill vector registers, of AVX2 twelve and twenty-four. The unit that multiplies and adds
     * takes two vectors a cycle and four cycles for each, so at least eight must be on their way; the second is for wider vectors.
     */
    public static final List<FmaRate> ALONE = List.of(new FmaRate(96, 1), new FmaRate(192, 1));
    /** For GPUs, where a block's threads hide each other's waits. */
    public static final List<FmaRate> BLOCKS = List.of(new FmaRate(16, 256));

    /** {@code fma_rate_c<chains>_f32}. */
    @Override
    public String entry() {
        return Real.entry("fma_rate_" + variant(), DType.F32);
    }

    private String variant() {
        return "c" + chains;
    }

    @Override
    public String stem() {
        return "fma_rate";
    }

    @Override
    public Map<String, String> constants() {
        Map<String, String> constants = new LinkedHashMap<>();
        constants.put("VARIANT", variant());
        constants.put("CHAINS", Integer.toString(chains));
        return constants;
    }

    @Override
    public Devices devices() {
        return threads == 1 ? Devices.OPENCL : Devices.ALL;
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("y", DType.F32), Param.in("x", DType.F32), Param.size("count"), Param.size("turns"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return buffer.equals("x") ? 2 : (long) sizes.size("count") * chains;
    }

    /** Floating-point operations of a launch of that many threads and turns: two for a multiplication and its addition. */
    public double flops(int count, int turns) {
        return 2.0 * chains * count * turns;
    }

    @Override
    public Grid grid(Args sizes) {
        return Grid.cover(sizes.size("count"), threads);
    }

    @Override
    public void reference(Args a) {
        double factor = a.data("x").get(0);
        double summand = a.data("x").get(1);
        for (int i = 0; i < a.size("count") * chains; i++) {
            double number = i % chains;
            for (int turn = 0; turn < a.size("turns"); turn++) {
                number = number * factor + summand;
            }
            a.data("y").set(i, number);
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        // Several blocks, the last of them not full; where each thread is a block, fewer are as good.
        int many = threads == 1 ? 50 : 1003;
        for (int[] size : new int[][] {{1, 1}, {7, 100}, {8, 0}, {many, 33}}) {
            // A factor below 1, so that the errors of earlier turns fade.
            cases.add(new Case("count" + size[0] + "_turns" + size[1], 2 * size[1] + 1, random -> Args.of(this)
                    .out("y", size[0] * chains)
                    .data("x", Data.of(DType.F32, 0.5 + 0.4 * random.nextDouble(), 0.5 + random.nextDouble()))
                    .size("count", size[0]).size("turns", size[1]).build()));
        }
        return cases;
    }
}
