package org.jengine.softcuda.blas;

import java.util.function.Consumer;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/**
 * A library call as a stream holds it.
 *
 * @param name the C function's
 * @param body does the work with arguments that it keeps
 */
public record Task(String name, Consumer<Turn> body) implements Operation {
    @Override
    public void perform(Turn at) {
        body.accept(at);
    }
}
