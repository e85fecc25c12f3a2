package org.jengine.softcuda.simt;

/**
 * What kernels can find out about the GPU that runs them, or run into.
 *
 * @param multiprocessors how many it has
 * @param localBytes      the most local memory of a thread, its stack of calls included
 */
public record MachineLimits(int multiprocessors, int localBytes) {
}
