package org.jengine.runtime.spi;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The folder for what can be fetched or made again. */
public final class UserCache {
    private UserCache() {
    }

    /** This user's, on this system. */
    public static Path ofSystem() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")), System.getProperty("os.name"));
    }

    /**
     * The folder of a user, by each system's own convention: on Linux {@code $XDG_CACHE_HOME/jengine}, else {@code ~/.cache/jengine}.
     *
     * @param environment environment variables
     * @param home        the user's home folder
     * @param system      the operating system as Java's {@code os.name} calls it
     */
    public static Path of(Map<String, String> environment, Path home, String system) {
        String os = system.toLowerCase(Locale.ROOT);
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        String local = environment.getOrDefault("LOCALAPPDATA", "");
        Path base = os.startsWith("windows") ? local.isEmpty() ? home.resolve("AppData").resolve("Local") : Path.of(local)
            : os.startsWith("mac") ? home.resolve("Library").resolve("Caches")
            : xdg.isEmpty() ? home.resolve(".cache") : Path.of(xdg);
        return base.resolve("jengine");
    }
}
