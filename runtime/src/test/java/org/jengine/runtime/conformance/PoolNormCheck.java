package org.jengine.runtime.conformance;

import static org.jengine.runtime.conformance.LibraryConformance.compare;
import static org.jengine.runtime.conformance.LibraryConformance.derived;
import static org.jengine.runtime.conformance.LibraryConformance.dropped;
import static org.jengine.runtime.conformance.Workbench.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Shape;
import org.jengine.kernels.ref.BatchNormRef;
import org.jengine.kernels.ref.MaxPoolRef;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/** Max pooling with batch norm behind it, against the oracles one after the other. */
final class PoolNormCheck {
    private PoolNormCheck() {
    }

    static void check(Workbench bench, PoolSpec p, NormSpec s, boolean drops) {
        Shape vector = Shape.of(s.channels());
        int rows = s.n() * s.pixels();
        double[] x = random(1, s.real(), p.x().count());
        double[] dy = random(2, s.real(), p.y().count());
        double[] gamma = random(3, DType.F32, s.channels());
        double[] beta = random(4, DType.F32, s.channels());
        double[] zeros = new double[s.channels()];
        Slice xs = bench.of("x", s.real(), p.x(), x);
        Slice dys = bench.of("dy", s.real(), p.y(), dy);
        Slice gammas = bench.of("gamma", DType.F32, vector, gamma);
        Slice betas = bench.of("beta", DType.F32, vector, beta);
        Slice runningMean = bench.of("running mean", DType.F32, vector, zeros);
        Slice runningVar = bench.of("running var", DType.F32, vector, zeros);
        Slice clock = bench.of("clock", DType.I32, Shape.of(4), new double[] {3, 1, 391, 0});
        Slice key = bench.of("key", DType.I32, Shape.of(2), new double[] {123, 456});
        Slice pooled = bench.empty("pooled", s.real(), p.y());
        Slice dpooled = bench.empty("dpooled", s.real(), p.y());
        Slice index = bench.empty("index", DType.U8, p.y());
        Slice ys = bench.empty("y", s.real(), p.y());
        Slice dxs = bench.empty("dx", s.real(), p.x());
        Slice mean = bench.empty("mean", DType.F32, vector);
        Slice invStd = bench.empty("invStd", DType.F32, vector);
        Slice dgamma = bench.empty("dgamma", DType.F32, vector);
        Slice dbeta = bench.empty("dbeta", DType.F32, vector);
        Dropping dropping = drops ? new Dropping(bench.device().kernel(Dropout.of(s.real())), clock, key, 5, 0.25f) : null;
        bench.ready();
        Supplier<Library.PoolNormPlan> plan = () -> bench.library().poolNorm(p, s, dropping);

        MaxPoolRef.Result r = MaxPoolRef.forward(x, p.n(), p.h(), p.w(), p.c(), p.window());
        BatchNormRef.Training t = BatchNormRef.forward(r.y(), gamma, beta, zeros, zeros, rows, s.channels(), s.momentum(), s.epsilon());
        bench.run(plan.get().forward(ys, pooled, index, mean, invStd, runningMean, runningVar, xs, gammas, betas));
        compare("pooled", s.real(), r.y(), bench.read(pooled), 0, Numerics.EXACT);
        compare("mean", DType.F32, t.mean(), bench.read(mean), rows, Numerics.EXACT);
        compare("invStd", DType.F32, t.invStd(), bench.read(invStd), rows, Numerics.EXACT);
        compare("running var", DType.F32, t.runningVar(), bench.read(runningVar), rows, Numerics.EXACT);
        compare("y", s.real(), drops ? dropped(t.y()) : t.y(), bench.read(ys), rows, Numerics.EXACT);

        int[] chosen = Arrays.stream(bench.read(index)).mapToInt(v -> (int) v).toArray();
        if (s.real() == DType.F32) {
            // Rounded to bf16, equal values stand in one window and any of them may win.
            assertArrayEquals(r.index(), chosen, "index");
        }
        BatchNormRef.Gradients g = BatchNormRef.backward(drops ? dropped(dy) : dy, r.y(), gamma, t.mean(), t.invStd(), rows, s.channels());
        double[] dx = MaxPoolRef.backward(derived(s.before(), g.dx(), r.y()), chosen, p.n(), p.h(), p.w(), p.c(), p.window());
        Launch back = plan.get().backward(dxs, dpooled, dgamma, dbeta, dys, pooled, index, gammas, mean, invStd);
        bench.stream().fill(dxs, 0xff);
        bench.run(back);
        compare("dx", s.real(), dx, bench.read(dxs), rows, Numerics.EXACT);
        compare("dgamma", DType.F32, g.dgamma(), bench.read(dgamma), rows, Numerics.EXACT);
        compare("dbeta", DType.F32, g.dbeta(), bench.read(dbeta), rows, Numerics.EXACT);
    }
}
