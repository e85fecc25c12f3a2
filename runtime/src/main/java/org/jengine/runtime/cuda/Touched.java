package org.jengine.runtime.cuda;

/** Memory that queued work uses. */
interface Touched {
    /** @throws IllegalStateException if it is not there yet or not any more */
    void requireThere();
}
