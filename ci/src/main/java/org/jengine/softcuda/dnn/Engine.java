package org.jengine.softcuda.dnn;

/**
 * One way to perform a graph.
 *
 * @param index       the engine's global number
 * @param tensorCores whether it multiplies on tensor cores, and so rounds floats to TF32
 * @param rounds      whether it rounds float inputs
 * @param compiled    whether it is compiled when the plan is made
 * @param repeatable  whether it gives the same bits each time
 * @param workspace   bytes it needs
 */
record Engine(int index, boolean tensorCores, boolean rounds, boolean compiled, boolean repeatable, long workspace) {
}
