package org.jengine.softcuda.driver;

import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** Is told what the driver did beside running kernels. */
public interface Counts {
    /** Nobody counts. */
    Counts NONE = new Counts() {
        @Override
        public void graph(String name, int nodes, int depth) {
        }

        @Override
        public void performed(Operation operation, Turn turn) {
        }
    };

    /**
     * A graph was launched.
     *
     * @param nodes how many it has
     * @param depth nodes on its longest chain
     */
    void graph(String name, int nodes, int depth);

    /** A copy, a fill, a library call was performed. */
    void performed(Operation operation, Turn turn);
}
