package org.jengine.bench;

import java.util.List;
import org.jengine.cifar.cli.CommandProvider;
import org.jengine.cifar.cli.Console;
import picocli.CommandLine;

/** What this module adds to the command line. */
public final class BenchCommands implements CommandProvider {
    @Override
    public List<Object> commands(Console console) {
        return List.of(new CommandLine(new BenchCommand(console)).addSubcommand(new OpsCommand(console)));
    }
}
