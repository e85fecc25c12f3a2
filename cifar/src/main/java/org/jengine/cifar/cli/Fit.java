package org.jengine.cifar.cli;

import org.jengine.nn.ImageData;
import org.jengine.nn.Net;

/** Whether a net can look at a data set. */
final class Fit {
    private Fit() {
    }

    /** @throws UsageException naming both shapes or both numbers of classes */
    static void check(Net net, ImageData data) {
        if (!net.input().equals(data.image())) {
            throw new UsageException(net.name() + " looks at images of " + net.input() + ", but those of " + data.name() + " are "
                    + data.image());
        }
        if (net.classes() != data.classes().size()) {
            throw new UsageException(net.name() + " tells " + net.classes() + " classes apart, but " + data.name() + " has "
                    + data.classes().size());
        }
    }
}
