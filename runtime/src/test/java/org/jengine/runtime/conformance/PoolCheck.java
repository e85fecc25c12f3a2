package org.jengine.runtime.conformance;

import static org.jengine.runtime.conformance.LibraryConformance.twice;
import static org.jengine.runtime.conformance.Workbench.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.ref.MaxPoolRef;
import org.jengine.runtime.Library;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/** Max pooling against the oracle. */
final class PoolCheck {
    private PoolCheck() {
    }

    /** @param notesPlaces whether the index holds the winners' places; if not, they are known by the gradients that arrive there */
    static void check(Workbench bench, PoolSpec s, boolean notesPlaces) {
        double[] x = random(1, s.real(), s.x().count());
        double[] dy = random(4, s.real(), s.y().count());
        Slice xs = bench.of("x", s.real(), s.x(), x);
        Slice dys = bench.of("dy", s.real(), s.y(), dy);
        Slice ys = bench.empty("y", s.real(), s.y());
        Slice index = bench.empty("index", DType.U8, s.y());
        Slice dxs = bench.empty("dx", s.real(), s.x());
        bench.ready();
        Library.PoolPlan plan = bench.library().maxPool(s);
        MaxPoolRef.Result r = MaxPoolRef.forward(x, s.n(), s.h(), s.w(), s.c(), s.window());
        twice(bench, plan.forward(ys, index, xs), List.of(ys), List.of(r.y()), 0);
        int[] chosen;
        if (notesPlaces) {
            chosen = Arrays.stream(bench.read(index)).mapToInt(v -> (int) v).toArray();
            if (s.real() == DType.F32) {
                // Rounded to bf16, equal values stand in one window and any of them may win.
                assertArrayEquals(r.index(), chosen, "index");
            }
        } else {
            bench.run(plan.backward(dxs, dys, index));
            chosen = winners(x, dy, bench.read(dxs), r, s);
        }
        double[] dx = MaxPoolRef.backward(dy, chosen, s.n(), s.h(), s.w(), s.c(), s.window());
        twice(bench, plan.backward(dxs, dys, index), List.of(dxs), List.of(dx), 0);
    }

    /** Of each window the first place that holds its maximum and was given the gradient; the oracle's where there is none. */
    private static int[] winners(double[] x, double[] dy, double[] dx, MaxPoolRef.Result r, PoolSpec s) {
        int[] chosen = r.index().clone();
        for (int out = 0; out < chosen.length; out++) {
            for (int place = s.window() * s.window() - 1; place >= 0; place--) {
                int at = MaxPoolRef.source(out, place, s.h(), s.w(), s.c(), s.window());
                chosen[out] = x[at] == r.y()[out] && dx[at] == dy[out] ? place : chosen[out];
            }
        }
        return chosen;
    }
}
