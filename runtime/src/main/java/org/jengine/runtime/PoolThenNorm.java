package org.jengine.runtime;

/** Pooling and batch norm one after the other, for libraries that have no quicker way. */
record PoolThenNorm(Library.PoolPlan pool, Library.NormPlan norm) implements Library.PoolNormPlan {
    @Override
    public Launch forward(Slice y, Slice pooled, Slice index, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x,
                          Slice gamma, Slice beta) {
        return pool.forward(pooled, index, x).then(norm.forward(y, mean, invStd, runningMean, runningVar, pooled, gamma, beta));
    }

    @Override
    public Launch backward(Slice dx, Slice dpooled, Slice dgamma, Slice dbeta, Slice dy, Slice pooled, Slice index, Slice gamma,
                           Slice mean, Slice invStd) {
        return norm.backward(dpooled, dgamma, dbeta, dy, pooled, gamma, mean, invStd).then(pool.backward(dx, dpooled, index));
    }
}
