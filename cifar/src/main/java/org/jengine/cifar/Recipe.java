package org.jengine.cifar;

import java.util.OptionalDouble;
import org.jengine.nn.Net;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Schedule;

/**
 * A net and how the tutorial trains it.
 *
 * @param net       the architecture
 * @param batch     images a step
 * @param epochs    passes over the training images
 * @param optimizer how gradients move weights, with the learning rate at the start
 * @param schedule  how the rate goes on from there
 * @param expected  validation accuracy that the tutorial reaches on CIFAR-10 by this recipe; empty where it states none
 */
public record Recipe(Net net, int batch, int epochs, Optimizer optimizer, Schedule schedule, OptionalDouble expected) {
    /** What the command line calls it. */
    public String name() {
        return net.name();
    }
}
