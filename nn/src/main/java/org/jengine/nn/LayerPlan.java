package org.jengine.nn;

import java.util.List;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;

/**
 * A layer on a device, for one batch size and one use.
 *
 * @param y        the result, {@code [batch, ...]}; the way back must not read it, since the next layer may have written over it
 * @param forward  what makes it from the input, in order
 * @param backward plans the way back; not asked for in evaluation
 */
public record LayerPlan(Slice y, List<Launch> forward, Backward backward) {
    public LayerPlan {
        forward = List.copyOf(forward);
    }

    /** The way back through a layer. */
    @FunctionalInterface
    public interface Backward {
        /**
         * Adds what makes the gradients of the weights and, if wanted, of the input. Those of the weights may stand beside the row: the
         * row joins them before the optimiser reads them.
         *
         * @param dy     the gradient before the layer's activation, of {@code y}'s shape; may be written over
         * @param wantDx whether an earlier layer has weights
         * @param out    takes the launches
         * @return the gradient of the input, which may be {@code dy} itself; anything if not wanted
         */
        Slice plan(Slice dy, boolean wantDx, Launches out);
    }
}
