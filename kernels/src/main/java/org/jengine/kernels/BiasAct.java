package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a matrix product of a library leaves to be done, {@code y = activation(y + bias)} in place: {@code y real[rows, cols]},
 * {@code bias F32[cols]}, {@code activation} one of {@link Matmul}'s numbers.
 */
public record BiasAct(DType real) implements KernelDef {
    /** Sum; exponential, sum, quotient. */
    private static final int ROUNDINGS = 8;
    /** Columns below which a GPU's thread does not get less to do. */
    private static final int LEAST_COLS = 128;

    public BiasAct {
        Real.require("bias_act", real);
    }

    /** {@code bias_act_<real>}. */
    public static KernelDef of(DType real) {
        return new BiasAct(real);
    }

    @Override
    public String entry() {
        return Real.entry("bias_act", real);
    }

    @Override
    public List<Param> params() {
        return List.of(Param.inout("y", real), Param.in("bias", DType.F32), Param.size("rows"), Param.size("cols"),
                Param.size("activation"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return buffer.equals("bias") ? sizes.size("cols") : sizes.product("rows", "cols");
    }

    @Override
    public Grid grid(Args sizes) {
        return Grid.cover(sizes.product("rows", "cols"), Elements.THREADS);
    }

    /**
     * On a GPU a thread has four elements side by side, and more often so the longer the rows are: a block reads the bias, which must be
     * little beside its elements.
     */
    @Override
    public Grid grid(Args sizes, Target target) {
        int turns = (Math.max(sizes.size("cols"), LEAST_COLS) + colsOfTurn() - 1) / colsOfTurn();
        long each = target == Target.PORTABLE ? 1 : 4L * turns;
        return Grid.cover((sizes.product("rows", "cols") + each - 1) / each, Elements.THREADS);
    }

    @Override
    public Map<String, String> constants(Target target) {
        return target == Target.PORTABLE ? constants()
                : Map.of("LEAST_COLS", Integer.toString(LEAST_COLS), "COLS_OF_TURN", Integer.toString(colsOfTurn()));
    }

    private int colsOfTurn() {
        return real == DType.BF16 ? 32 : 64;
    }

    @Override
    public void reference(Args a) {
        int cols = a.size("cols");
        for (int i = 0; i < a.size("rows") * cols; i++) {
            double value = a.data("y").get(i) + a.data("bias").get(i % cols);
            a.data("y").set(i, Matmul.activated(value, a.size("activation")));
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        int[][] settings = {{1, 1, Matmul.NONE}, {127, 33, Matmul.RELU}, {128, 10, Matmul.SIGMOID}, {5, 1500, Matmul.RELU}};
        for (int[] s : settings) {
            cases.add(new Case(s[0] + "x" + s[1], ROUNDINGS, random -> Args.of(this)
                    .data("y", Fill.everyThirdNegative(real, s[0] * s[1], random))
                    .data("bias", Fill.uniform(DType.F32, s[1], random, -0.5, 0.5))
                    .size("rows", s[0]).size("cols", s[1]).size("activation", s[2]).build()));
        }
        return cases;
    }
}
