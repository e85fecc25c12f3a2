package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.Channels;
import org.jengine.kernels.DType;
import org.jengine.kernels.Norm;
import org.jengine.kernels.NormGrads;
import org.jengine.kernels.NormInfer;
import org.jengine.kernels.NormStats;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Slice;

/** Batch normalisation, with the dropout that follows: sums over chunks of the batch, then the images. */
final class PortableNorm implements Library.NormPlan {
    private final PortableLibrary library;
    private final NormSpec spec;
    private final Dropping dropping;
    private final int rows;
    private final int chunk;
    private final int chunks;

    /** @param dropping what follows; its rate may be 0, and its kernel is not asked for */
    PortableNorm(PortableLibrary library, NormSpec spec, Dropping dropping) {
        this.library = library;
        this.spec = spec;
        this.dropping = dropping;
        rows = Math.multiplyExact(spec.n(), spec.pixels());
        chunk = Channels.chunk(rows, spec.channels());
        chunks = Channels.chunks(rows, chunk);
    }

    @Override
    public Launch forward(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma, Slice beta) {
        requireImages("y", y, "x", x);
        return library.bind(NormStats.of(spec.real()), List.of(means(), squares(), x), List.of(rows, spec.channels(), chunk))
                .then(finish(y, mean, invStd, runningMean, runningVar, x, gamma, beta));
    }

    /** What is left to do when {@link #means} and {@link #squares} hold the statistics of {@code x}, chunk by chunk. */
    Launch finish(Slice y, Slice mean, Slice invStd, Slice runningMean, Slice runningVar, Slice x, Slice gamma, Slice beta) {
        requireChannels(mean, invStd, runningMean, runningVar, gamma, beta);
        return library.bind(Norm.fwd(spec.real()), List.of(y, mean, invStd, runningMean, runningVar, x, gamma, beta, means(), squares(),
                dropping.clock(), dropping.key()), List.of(rows, spec.channels(), chunk, dropping.layer(), spec.momentum(),
                spec.epsilon(), dropping.rate()));
    }

    @Override
    public Launch inference(Slice y, Slice x, Slice gamma, Slice beta, Slice runningMean, Slice runningVar) {
        requireImages("y", y, "x", x);
        requireChannels(gamma, beta, runningMean, runningVar);
        return library.bind(NormInfer.of(spec.real()), List.of(y, x, gamma, beta, runningMean, runningVar),
                List.of(rows, spec.channels(), spec.epsilon()));
    }

    @Override
    public Launch backward(Slice dx, Slice dgamma, Slice dbeta, Slice dy, Slice x, Slice gamma, Slice mean, Slice invStd) {
        requireImages("dx", dx, "dy", dy);
        requireImages("x", x, "dy", dy);
        requireChannels(dgamma, dbeta, gamma, mean, invStd);
        return sums(dy, x, mean, invStd)
                .then(library.bind(Norm.bwd(spec.real()), List.of(dx, dgamma, dbeta, dy, x, gamma, mean, invStd, gammas(), betas(),
                        dropping.clock(), dropping.key()), List.of(rows, spec.channels(), chunk, dropping.layer(),
                        PortableLibrary.number(spec.before()), dropping.rate())));
    }

    /** Leaves what comes to the gradients of gamma and beta, chunk by chunk, in {@link #gammas} and {@link #betas}. */
    Launch sums(Slice dy, Slice x, Slice mean, Slice invStd) {
        return library.bind(NormGrads.of(spec.real()), List.of(gammas(), betas(), dy, x, mean, invStd, dropping.clock(), dropping.key()),
                List.of(rows, spec.channels(), chunk, dropping.layer(), dropping.rate()));
    }

    int rows() {
        return rows;
    }

    int chunk() {
        return chunk;
    }

    NormSpec spec() {
        return spec;
    }

    Dropping dropping() {
        return dropping;
    }

    Slice means() {
        return partials("partial means");
    }

    Slice squares() {
        return partials("partial squares");
    }

    Slice gammas() {
        return partials("partial dgammas");
    }

    Slice betas() {
        return partials("partial dbetas");
    }

    private Slice partials(String name) {
        return library.scratch(name, Shape.of(chunks, spec.channels()), DType.F32);
    }

    private void requireImages(String firstName, Slice first, String secondName, Slice second) {
        Shape images = Shape.of(rows, spec.channels());
        Operands.require("batch norm", firstName, first, spec.real(), images);
        Operands.require("batch norm", secondName, second, spec.real(), images);
    }

    void requireChannels(Slice... slices) {
        for (Slice s : slices) {
            Operands.require("batch norm", s.name(), s, DType.F32, Shape.of(spec.channels()));
        }
    }
}
