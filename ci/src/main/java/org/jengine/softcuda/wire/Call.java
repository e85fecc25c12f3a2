package org.jengine.softcuda.wire;

/** Answers one function of CUDA's C interfaces. */
@FunctionalInterface
public interface Call {
    /**
     * Reads the arguments, does the work, writes what the program gets back; it may throw {@link CudaError} instead of returning a
     * status.
     */
    int answer(Request request, Reply reply);
}
