package org.jengine.cifar.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jengine.cifar.Nets;
import picocli.CommandLine.ParseResult;

/** Opens the parser of the command line to the tests of the README. */
public final class CommandLines {
    private CommandLines() {
    }

    /**
     * Parses without doing anything.
     *
     * @throws picocli.CommandLine.ParameterException if the program would refuse the words
     * @throws IllegalArgumentException               if a net is named that is not known
     */
    public static void parse(String... words) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        Console console = new Console(nowhere, nowhere, 0, false, Map.of(), Path.of(""), new Interrupt());
        ParseResult parsed = Main.commandLine(console).parseArgs(words);
        if (!parsed.hasSubcommand()) {
            throw new IllegalArgumentException("no command in " + String.join(" ", words));
        }
        ParseResult command = parsed.subcommand();
        if (List.of("train", "show").contains(command.commandSpec().name())) {
            String net = command.matchedPositionalValue(0, "");
            if (Nets.find(net).isEmpty()) {
                throw new IllegalArgumentException("no net " + net + " in " + String.join(" ", words));
            }
        }
    }
}
