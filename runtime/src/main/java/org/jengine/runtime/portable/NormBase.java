package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.Channels;
import org.jengine.kernels.DType;
import org.jengine.kernels.NormInfer;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Slice;

/** What all ways through batch normalisation share: the sizes, what may be bound, and inference. */
abstract class NormBase implements Library.NormPlan {
    final PortableLibrary library;
    final NormSpec spec;
    final Dropping dropping;
    final int rows;
    /** Rows that a block sums. */
    final int chunk;

    /** @param dropping what follows; its rate may be 0, and its kernel is not asked for */
    NormBase(PortableLibrary library, NormSpec spec, Dropping dropping) {
        this.library = library;
        this.spec = spec;
        this.dropping = dropping;
        rows = Math.multiplyExact(spec.n(), spec.pixels());
        chunk = Channels.chunk(rows, spec.channels());
    }

    @Override
    public final Launch inference(Slice y, Slice x, Slice gamma, Slice beta, Slice runningMean, Slice runningVar) {
        requireImages("y", y, "x", x);
        requireChannels(gamma, beta, runningMean, runningVar);
        return library.bind(NormInfer.of(spec.real()), List.of(y, x, gamma, beta, runningMean, runningVar),
                List.of(rows, spec.channels(), spec.epsilon()));
    }

    final void requireImages(String firstName, Slice first, String secondName, Slice second) {
        Shape images = Shape.of(rows, spec.channels());
        Operands.require("batch norm", firstName, first, spec.real(), images);
        Operands.require("batch norm", secondName, second, spec.real(), images);
    }

    final void requireChannels(Slice... slices) {
        for (Slice s : slices) {
            Operands.require("batch norm", s.name(), s, DType.F32, Shape.of(spec.channels()));
        }
    }
}
