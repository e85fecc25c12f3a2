package org.jengine.runtime.cuda;

/**
 * A way to run a graph that cuDNN has accepted.
 *
 * @param plan      final
 * @param engine    what it runs on
 * @param workspace bytes that it needs
 */
record DnnPlan(Dnn.Descriptor plan, DnnEngine engine, long workspace) {
    /** As records have it. */
    @Override
    public String toString() {
        return engine + ", workspace " + workspace + " bytes";
    }
}
