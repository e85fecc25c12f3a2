package org.jengine.cifar.cli;

import java.util.List;

/** Brings commands to the command line; found by {@link java.util.ServiceLoader}, so that a module above this one can add its own. */
public interface CommandProvider {
    /**
     * The commands, each an object with picocli's {@code @Command} on its class that is a {@code Callable<Integer>} giving the exit code,
     * or the parent of such.
     */
    List<Object> commands(Console console);
}
