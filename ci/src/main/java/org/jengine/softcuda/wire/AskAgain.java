package org.jengine.softcuda.wire;

/** Thrown by a call that cannot be answered before another thread of the program has called: it is then asked again from its start. */
public final class AskAgain extends RuntimeException {
    private static final long serialVersionUID = 1;

    public AskAgain() {
        super("another thread goes first", null, false, false);
    }
}
