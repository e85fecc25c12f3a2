package org.jengine.runtime.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Has JCuda unpack its natives into a folder of their own. It unpacks them into java.io.tmpdir under a fixed name, without a lock, and
 * takes what lies there already: what another program has only half written, or somebody else has put there.
 */
final class Natives {
    private static final System.Logger LOG = System.getLogger(Natives.class.getName());
    private static final String TEMPORARY = "java.io.tmpdir";

    private Natives() {
    }

    /**
     * Loads a class of JCuda's.
     *
     * @param use touches the class
     * @return why it does not load, with the remedy; empty if it does
     */
    static synchronized String load(Runnable use) {
        String before = System.getProperty(TEMPORARY);
        Path own;
        try {
            own = Files.createTempDirectory(Path.of(before), "jengine-cuda");
        } catch (IOException e) {
            return "JCuda cannot be unpacked into " + TEMPORARY + " (" + before + "): " + e + "\nFiles must be writable there.";
        }
        System.setProperty(TEMPORARY, own.toString());
        try {
            use.run();
            return "";
        } catch (LinkageError | RuntimeException e) {
            return "JCuda does not load on this machine (" + System.getProperty("os.name") + " " + System.getProperty("os.arch") + "): "
                    + cause(e) + "\nIt is unpacked into " + TEMPORARY + " (" + before + "), where files must be writable and executable.";
        } finally {
            System.setProperty(TEMPORARY, before);
            discard(own);
        }
    }

    /** What was wrong with the natives of the jar: JCuda tells it on a page with two stack traces, this one being the second. */
    static String cause(Throwable e) {
        List<String> lines = Driver.innermost(e).toString().lines().map(String::strip).toList();
        int heading = lines.indexOf("Stack trace from the attempt to load the library as a resource:");
        return lines.get(heading >= 0 && heading + 1 < lines.size() ? heading + 1 : 0);
    }

    /** A loaded library needs its file no more, but where files in use cannot be deleted. */
    private static void discard(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "cannot delete " + folder + ": " + e);
        }
    }
}
