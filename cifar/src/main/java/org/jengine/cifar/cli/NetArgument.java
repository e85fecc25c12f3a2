package org.jengine.cifar.cli;

import org.jengine.cifar.Nets;
import org.jengine.cifar.Recipe;

/** The word on the command line that names a net. */
public final class NetArgument {
    private NetArgument() {
    }

    /** @throws UsageException naming the net that was probably meant */
    public static Recipe find(String name) {
        return Nets.find(name).orElseThrow(() -> new UsageException("no net '" + name + "'; there are " + String.join(", ", Nets.names())
                + Nearest.to(name, Nets.names()).map(n -> "\ndid you mean " + n + "?").orElse("")));
    }
}
