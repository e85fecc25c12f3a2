package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.NormApply;
import org.jengine.kernels.NormMoments;
import org.jengine.kernels.NormSums;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Slice;

/**
 * Batch normalisation, with the dropout that follows, on devices whose last block can finish the work of all: what is summed over the batch
 * is one number a channel when the images' turn comes.
 */
final class WholeNorm extends NormBase {
    WholeNorm(PortableLibrary library, NormSpec spec, Dropping dropping) {
        super(library, spec, dropping);
    }

    @Override
    public Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma, Slice beta) {
        requireImages("y", y, "x", x);
        requireChannels(runningMean, runningVar);
        return Whole.bind(library, NormMoments.of(spec.real()), List.of(mean, invStd, runningMean, runningVar), List.of(x),
                        List.of(rows, spec.channels(), chunk, spec.momentum(), spec.epsilon()))
                .then(apply(y, mean, invStd, x, gamma, beta));
    }

    /** When the batch's {@code mean} and {@code invStd} are known. */
    Launch apply(Slice y, Slice mean, Slice invStd, Slice x, Slice gamma, Slice beta) {
        requireChannels(mean, invStd, gamma, beta);
        return library.bind(NormApply.fwd(spec.real()), List.of(y, x, gamma, beta, mean, invStd, dropping.clock(), dropping.key()),
                List.of(rows, spec.channels(), dropping.layer(), dropping.rate()));
    }

    @Override
    public Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd) {
        requireImages("dx", dx, "dy", dy);
        requireImages("x", x, "dy", dy);
        requireChannels(gamma);
        return sums(dgamma, dbeta, dy, x, mean, invStd)
                .then(library.bind(NormApply.bwd(spec.real()), List.of(dx, dy, x, gamma, mean, invStd, dgamma, dbeta, dropping.clock(),
                        dropping.key()), List.of(rows, spec.channels(), dropping.layer(), PortableLibrary.number(spec.before()),
                        dropping.rate())));
    }

    /** The gradients of gamma and beta. */
    Launch sums(Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice mean, Slice invStd) {
        requireChannels(dgamma, dbeta, mean, invStd);
        return Whole.bind(library, NormSums.of(spec.real()), List.of(dgamma, dbeta),
                List.of(dy, x, mean, invStd, dropping.clock(), dropping.key()),
                List.of(rows, spec.channels(), chunk, dropping.layer(), dropping.rate()));
    }
}
