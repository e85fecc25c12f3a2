package org.jengine.nn;

import java.util.Locale;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Sigmoid;
import org.jengine.runtime.Activation;

/** What a layer does to its result. */
public enum Act {
    NONE(Activation.NONE),
    RELU(Activation.RELU),
    SIGMOID(Activation.SIGMOID),
    /** Class probabilities; only at the end of a net, where it is one with the loss. */
    SOFTMAX(Activation.NONE);

    private final Activation fused;

    Act(Activation fused) {
        this.fused = fused;
    }

    /** The part of it that a library operation does on the way out. */
    public Activation fused() {
        return fused;
    }

    /** The word that follows an operation in the diagram, with a space before it; empty for {@link #NONE}. */
    public String suffix() {
        return this == NONE ? "" : " " + name().toLowerCase(Locale.ROOT);
    }

    /** The kernel that turns the gradient behind {@link #fused} into the one before it, from the result; null if they are the same. */
    KernelDef backward(DType real) {
        return switch (fused) {
            case NONE -> null;
            case RELU -> Relu.bwd(real);
            case SIGMOID -> Sigmoid.bwd(real);
        };
    }
}
