package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.PoolNorm;
import org.jengine.kernels.PoolMoments;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/** Max pooling and batch norm on NVIDIA's GPUs: what is pooled is summed while it is there, and its gradient never stored. */
final class WholePoolNorm implements Library.PoolNormPlan {
    private final PortableLibrary library;
    private final PoolSpec pool;
    private final WholeNorm norm;

    WholePoolNorm(PortableLibrary library, PoolSpec pool, WholeNorm norm) {
        this.library = library;
        this.pool = pool;
        this.norm = norm;
    }

    @Override
    public Launch forward(Slice y, Slice pooled, Slice index, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x,
                          Slice gamma, Slice beta) {
        require("x", x, pool.real(), pool.x());
        require("pooled", pooled, pool.real(), pool.y());
        require("index", index, DType.U8, pool.y());
        require("y", y, pool.real(), pool.y());
        norm.requireChannels(runningMean, runningVar);
        return Whole.bind(library, PoolMoments.of(pool.real()), List.of(pooled, index, mean, invStd, runningMean, runningVar), List.of(x),
                        List.of(norm.rows, pool.c(), norm.chunk, pool.h(), pool.w(), pool.window(),
                                norm.spec.momentum(), norm.spec.epsilon()))
                .then(norm.apply(y, mean, invStd, pooled, gamma, beta));
    }

    @Override
    public Launch backward(Slice dx, Slice dpooled, Slice dgamma, Slice dbeta, Slice dy, Slice pooled, Slice index, Slice gamma,
                           Slice mean, Slice invStd) {
        require("dx", dx, pool.real(), pool.x());
        require("dy", dy, pool.real(), pool.y());
        require("pooled", pooled, pool.real(), pool.y());
        require("index", index, DType.U8, pool.y());
        norm.requireChannels(gamma);
        return norm.sums(dgamma, dbeta, dy, pooled, mean, invStd)
                .then(library.bind(PoolNorm.bwd(pool.real()), List.of(dx, dy, pooled, index, gamma, mean, invStd, dgamma, dbeta,
                        norm.dropping.clock(), norm.dropping.key()), List.of(norm.rows, pool.c(), pool.h(), pool.w(), pool.window(),
                        norm.dropping.layer(), PortableLibrary.number(norm.spec.before()), norm.dropping.rate())));
    }

    private static void require(String argument, Slice slice, DType type, Shape shape) {
        Operands.require("max pool and batch norm", argument, slice, type, shape);
    }
}
