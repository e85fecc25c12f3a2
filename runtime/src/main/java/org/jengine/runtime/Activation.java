package org.jengine.runtime;

/** A function that a library operation can apply to its result on the way out. */
public enum Activation {
    NONE, RELU, SIGMOID
}
