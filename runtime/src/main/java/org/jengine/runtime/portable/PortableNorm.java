package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.Channels;
import org.jengine.kernels.DType;
import org.jengine.kernels.Norm;
import org.jengine.kernels.NormGrads;
import org.jengine.kernels.NormStats;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Slice;

/** Batch normalisation, with the dropout that follows: sums over chunks of the batch, then the images. */
final class PortableNorm extends NormBase {
    PortableNorm(PortableLibrary library, NormSpec spec, Dropping dropping) {
        super(library, spec, dropping);
    }

    @Override
    public Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma, Slice beta) {
        requireImages("y", y, "x", x);
        requireChannels(mean, invStd, runningMean, runningVar, gamma, beta);
        Slice means = partials("partial means");
        Slice squares = partials("partial squares");
        return library.bind(NormStats.of(spec.real()), List.of(means, squares, x), List.of(rows, spec.channels(), chunk))
                .then(library.bind(Norm.fwd(spec.real()), List.of(y, mean, invStd, runningMean, runningVar, x, gamma, beta, means, squares,
                        dropping.clock(), dropping.key()), List.of(rows, spec.channels(), chunk, dropping.layer(), spec.momentum(),
                        spec.epsilon(), dropping.rate())));
    }

    @Override
    public Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd) {
        requireImages("dx", dx, "dy", dy);
        requireImages("x", x, "dy", dy);
        requireChannels(dgamma, dbeta, gamma, mean, invStd);
        Slice gammas = partials("partial dgammas");
        Slice betas = partials("partial dbetas");
        return library.bind(NormGrads.of(spec.real()), List.of(gammas, betas, dy, x, mean, invStd, dropping.clock(), dropping.key()),
                        List.of(rows, spec.channels(), chunk, dropping.layer(), dropping.rate()))
                .then(library.bind(Norm.bwd(spec.real()), List.of(dx, dgamma, dbeta, dy, x, gamma, mean, invStd, gammas, betas,
                        dropping.clock(), dropping.key()), List.of(rows, spec.channels(), chunk, dropping.layer(),
                        PortableLibrary.number(spec.before()), dropping.rate())));
    }

    private Slice partials(String name) {
        return library.scratch(name, Shape.of(Channels.chunks(rows, chunk), spec.channels()), DType.F32);
    }
}
