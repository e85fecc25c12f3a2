package org.jengine.softcuda.work;

/** Where library calls put their work: into a stream's queue, or into the graph that the stream is being captured into. */
public interface Submitter {
    /**
     * @param thread the program's thread that asks, as the request says
     * @param stream the stream's handle as the program has it: 0, 1 and 2 are the null, the legacy and the per-thread stream
     * @throws org.jengine.softcuda.wire.CudaError with the driver's status if the stream is not one, or the context is broken
     */
    void submit(int thread, long stream, Operation operation);

    /**
     * Performs all that the stream holds, for calls that answer only when their work is done.
     *
     * @throws org.jengine.softcuda.wire.CudaError with the driver's status if the stream is being captured, or the work ended the context
     */
    void await(int thread, long stream);
}
