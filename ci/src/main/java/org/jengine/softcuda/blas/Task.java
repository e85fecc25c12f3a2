package org.jengine.softcuda.blas;

import java.util.function.Consumer;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/**
 * A library call as a stream holds it.
 *
 * @param name      the C function's
 * @param body      does the work with arguments that it keeps
 * @param cost      what it asks of a GPU at the least
 * @param addresses where in device memory its operands are
 */
public record Task(String name, Consumer<Turn> body, Cost cost, long[] addresses) implements Operation {
    @Override
    public void perform(Turn at) {
        body.accept(at);
    }
}
