package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Turns matrices, {@code y real[matrices, cols, stride]} from {@code x real[matrices, rows, cols]}: {@code y[m, j, i] = x[m, i, j]}, and
 * 0 for {@code i} from {@code rows} to {@code stride - 1}. Filters {@code [k, r, s, c]} seen as {@code [k, rsc]} become
 * {@code [r, s, c, k]}.
 */
public record Transpose(DType real) implements KernelDef {
    /** Edge of the tile that a block turns, and its threads. */
    private static final int EDGE = 32;
    /** Eight warps, each of which has a row of the tile at a time. */
    private static final int THREADS_OF_GPU = 256;

    public Transpose {
        Real.require("transpose", real);
    }

    /** {@code transpose_<real>}. */
    public static KernelDef of(DType real) {
        return new Transpose(real);
    }

    @Override
    public String entry() {
        return Real.entry("transpose", real);
    }

    @Override
    public Map<String, String> constants() {
        return Map.of("EDGE", Integer.toString(EDGE));
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("y", real), Param.in("x", real),
                Param.size("matrices"), Param.size("rows"), Param.size("cols"), Param.size("stride"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return buffer.equals("x") ? sizes.product("matrices", "rows", "cols") : sizes.product("matrices", "cols", "stride");
    }

    /** A block per tile of a matrix of {@code y}. */
    @Override
    public Grid grid(Args sizes) {
        int stride = sizes.size("stride");
        if (stride < sizes.size("rows")) {
            throw new IllegalArgumentException("rows of " + stride + " do not hold columns of " + sizes.size("rows"));
        }
        if (sizes.product("matrices", "cols", "stride") > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("more elements than 32 bits count");
        }
        return new Grid((stride + EDGE - 1) / EDGE, (sizes.size("cols") + EDGE - 1) / EDGE, sizes.size("matrices"), EDGE);
    }

    @Override
    public Grid grid(Args sizes, Target target) {
        Grid g = grid(sizes);
        return target == Target.PORTABLE ? g : new Grid(g.blocksX(), g.blocksY(), g.blocksZ(), THREADS_OF_GPU);
    }

    @Override
    public void reference(Args a) {
        int rows = a.size("rows");
        int cols = a.size("cols");
        int stride = a.size("stride");
        for (int m = 0; m < a.size("matrices"); m++) {
            for (int j = 0; j < cols; j++) {
                for (int i = 0; i < stride; i++) {
                    a.data("y").set((m * cols + j) * stride + i, i < rows ? a.data("x").get((m * rows + i) * cols + j) : 0);
                }
            }
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        // matrices, rows, cols, stride: filters of nets, and shapes that nothing divides.
        for (int[] s : new int[][] {{1, 1, 1, 1}, {1, 127, 10, 127}, {3, 33, 7, 40}, {1, 32, 27, 32}, {1, 64, 288, 64}, {2, 5, 65, 8}}) {
            cases.add(new Case("matrices" + s[0] + "_rows" + s[1] + "_cols" + s[2] + "_stride" + s[3], 0, random -> Args.of(this)
                    .out("y", s[0] * s[2] * s[3]).data("x", Fill.normal(real, s[0] * s[1] * s[2], random, 1))
                    .size("matrices", s[0]).size("rows", s[1]).size("cols", s[2]).size("stride", s[3]).build()));
        }
        return cases;
    }
}
