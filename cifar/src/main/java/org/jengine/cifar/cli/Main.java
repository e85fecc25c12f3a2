package org.jengine.cifar.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
public final class Main {
    private static final int LONGEST_MESSAGE = 4;
    private static final int HELP_COLUMNS = 100;

    private Main() {
    }

    public static void main(String[] args) {
        Console console = Console.system();
        console.interrupt().install();
        int code = ExitCode.BUG;
        try {
            code = run(console, args);
        } finally {
            console.interrupt().finish(code);
        }
        System.exit(code);
    }

    /**
     * Does what {@code args} say.
     *
     * @return the exit code, one of {@link ExitCode}'s
     */
    public static int run(Console console, String... args) {
        List<String> words = Arrays.asList(args);
        boolean json = words.contains("--json");
        boolean verbose = words.contains("-v") || words.contains("--verbose");
        CommandLine line = commandLine(console);
        line.setParameterExceptionHandler((fault, ignored) -> fail(fault, usage(fault), console, json, verbose));
        line.setExecutionExceptionHandler((fault, command, result) -> fail(fault, message(fault), console, json, verbose));
        try {
            return line.execute(args);
        } catch (Error e) {
            // The heap or a native library gave out; what is left is to say so.
            return fail(e, message(e), console, json, verbose);
        } finally {
            console.out().flush();
            console.err().flush();
        }
    }

    /** Without arguments there is nothing to do but to show what could be. */
    @Command(name = "jengine", mixinStandardHelpOptions = true, versionProvider = Version.class, synopsisSubcommandLabel = "COMMAND",
            description = "Trains nets on small images.", footer = {"", "'jengine COMMAND --help' shows a command's options."})
    private static final class Root implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Option(names = {"-v", "--verbose"}, scope = ScopeType.INHERIT, description = "Shows the stack trace of a fault.")
        private boolean verbose;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "no command; one of "
                    + String.join(", ", spec.subcommands().keySet()));
        }
    }

    static CommandLine commandLine(Console console) {
        CommandLine line = new CommandLine(new Root());
        for (CommandProvider provider : ServiceLoader.load(CommandProvider.class, Main.class.getClassLoader())) {
            provider.commands(console).forEach(line::addSubcommand);
        }
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(console.terminal() ? Math.max(60, Math.min(HELP_COLUMNS, console.columns())) : HELP_COLUMNS);
        return line;
    }

    private static int fail(Throwable fault, String message, Console console, boolean json, boolean verbose) {
        int code = ExitCode.of(fault);
        if (json) {
            console.out().println(Event.of("error").with("exit", code).with("message", message));
        } else {
            console.err().println("jengine: " + message);
        }
        if (verbose) {
            fault.printStackTrace(console.err());
        }
        return code;
    }

    private static String usage(ParameterException fault) {
        CommandLine command = fault.getCommandLine();
        String message = fault instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()
                ? unmatched(unmatched.getUnmatched().get(0).replaceFirst("=.*", ""), command) : shorten(fault.getMessage());
        return message + "\nsee '" + command.getCommandSpec().qualifiedName() + " --help'";
    }

    private static String unmatched(String word, CommandLine command) {
        Collection<String> options = command.getCommandSpec().optionsMap().keySet();
        Collection<String> commands = command.getSubcommands().keySet();
        boolean option = word.startsWith("-");
        String what = option ? "unknown option '" : commands.isEmpty() ? "one word too many: '" : "no command '";
        return what + word + "'" + Nearest.to(word, option ? options : commands).map(n -> "\ndid you mean " + n + "?").orElse("");
    }

    private static String message(Throwable fault) {
        if (fault instanceof OutOfMemoryError) {
            return "the Java heap of " + Text.bytes(Runtime.getRuntime().maxMemory()) + " is full (" + fault.getMessage()
                    + ")\ngive it more, for example JDK_JAVA_OPTIONS=-Xmx2g";
        } else if (ExitCode.of(fault) == ExitCode.BUG) {
            return shorten("this should not happen: " + fault) + "\nrun it again with -v for the trace, and please report both";
        }
        return shorten(String.valueOf(fault.getMessage()));
    }

    private static String shorten(String message) {
        return message.lines().limit(LONGEST_MESSAGE).collect(Collectors.joining("\n"));
    }
}
