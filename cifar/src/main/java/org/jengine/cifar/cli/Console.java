package org.jengine.cifar.cli;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Map;

/**
 * What surrounds a command: where it prints, what it is told by the environment, and who may stop it. A test gives its own.
 *
 * @param out       results
 * @param err       notices and errors
 * @param columns   width of the terminal that {@code out} is, or 0 if it is none: then no control character may be printed
 * @param unicode   whether {@code out} can show box-drawing characters
 * @param env       environment variables
 * @param folder    what relative paths are relative to
 * @param interrupt how a user's Ctrl-C arrives
 */
public record Console(PrintStream out, PrintStream err, int columns, boolean unicode, Map<String, String> env, Path folder,
                      Interrupt interrupt) {
    /** Set by the launcher, which knows whether its output is a terminal: rows and columns as {@code stty size} has them, or none. */
    static final String TERMINAL = "JENGINE_TERMINAL";
    private static final String NONE = "none";
    private static final int USUAL_COLUMNS = 80;

    /** That of this process. */
    static Console system() {
        Map<String, String> env = System.getenv();
        return new Console(System.out, System.err, columns(env.get(TERMINAL)), charset().newEncoder().canEncode('\u2500'), env, Path.of(""),
                new Interrupt());
    }

    /** What {@code System.out} encodes with; the property has had its present name since JDK 18. */
    private static Charset charset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    /** A path as the user typed it. */
    Path path(String text) {
        return folder.resolve(text);
    }

    boolean terminal() {
        return columns > 0;
    }

    /** @param size what the launcher says, or null without a launcher */
    static int columns(String size) {
        if (size == null) {
            return isTerminal() ? USUAL_COLUMNS : 0;
        } else if (size.equals(NONE)) {
            return 0;
        }
        String[] words = size.trim().split("\\s+");
        try {
            int columns = Integer.parseInt(words[words.length - 1]);
            return columns > 0 ? columns : USUAL_COLUMNS;
        } catch (NumberFormatException e) {
            return USUAL_COLUMNS;
        }
    }

    /** Whether both input and output are; Java does not tell of the output alone. */
    private static boolean isTerminal() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // Since JDK 22 there may be a console without a terminal, and this method to tell.
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
