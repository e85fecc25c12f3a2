package org.jengine.cifar.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jengine.cifar.data.DataUnavailable.Reason;
import org.jengine.cifar.data.Located.Origin;
import org.jengine.runtime.spi.UserCache;

/**
 * Decides where the data comes from: the path asked for, {@code $JENGINE_DATA}, the user's cache folder, a download into it, and
 * only where there is no network the synthetic set. What was asked for by name and is wrong is an error, never passed over.
 *
 * @param environment environment variables
 * @param home        the user's home folder
 * @param system      the operating system as Java's {@code os.name} calls it
 * @param downloader  fetches the archive; null to never use the network
 */
public record DataLocator(Map<String, String> environment, Path home, String system, Downloader downloader) {
    /** The environment variable that names a path, or {@link #SYNTHETIC}. */
    public static final String VARIABLE = "JENGINE_DATA";
    /** In place of a path: the synthetic set, with {@code synthetic:SEED} for another seed. */
    public static final String SYNTHETIC = "synthetic";

    /** As this process sees its environment. */
    public static DataLocator ofSystem() {
        return new DataLocator(System.getenv(), Path.of(System.getProperty("user.home")), System.getProperty("os.name"),
            Downloader.official());
    }

    /**
     * Finds and opens the data.
     *
     * @param asked    a path, {@code synthetic}, or null if nothing was asked for
     * @param progress told how far a download is
     * @throws DataCorrupt     if what was found is not right
     * @throws DataUnavailable if a download fails for another reason than the network
     */
    public Located locate(String asked, Progress progress) {
        return locate(asked, progress, Layout.CIFAR10);
    }

    Located locate(String asked, Progress progress, Layout layout) {
        if (asked != null) {
            return new Located(open(asked, "--data", layout), Origin.EXPLICIT, List.of());
        }
        String variable = environment.getOrDefault(VARIABLE, "");
        if (!variable.isEmpty()) {
            return new Located(open(variable, "$" + VARIABLE, layout), Origin.ENVIRONMENT, List.of());
        }
        Path archive = cache().resolve(Layout.ARCHIVE);
        if (Files.exists(archive) || Files.exists(cache().resolve(Layout.FOLDER))) {
            return new Located(Cifar10.open(cache(), layout, true), Origin.CACHE, List.of());
        }
        String cause = "the network was not to be used";
        if (downloader != null) {
            try {
                downloader.fetch(archive, progress);
                return new Located(Cifar10.open(archive, layout, true), Origin.DOWNLOAD, List.of());
            } catch (DataUnavailable e) {
                if (e.reason() != Reason.NETWORK) {
                    throw e;
                }
                cause = e.why();
            }
        }
        return new Located(Synthetic.standard(), Origin.SYNTHETIC, List.of(
            "No CIFAR-10 here (" + cause + "): the synthetic set takes its place, and no result on it compares with CIFAR-10.",
            "Run 'jengine data fetch' where there is a network, or put " + Layout.ARCHIVE + " at " + archive + "."));
    }

    /**
     * Fetches the archive into a folder unless it is there, without opening it.
     *
     * @param folder where to; null for the cache folder
     * @return the archive
     */
    public Path fetch(Path folder, Progress progress) {
        Path archive = (folder == null ? cache() : folder).resolve(Layout.ARCHIVE);
        (downloader == null ? Downloader.official() : downloader).fetch(archive, progress);
        return archive;
    }

    /** The folder in which this user's downloads are kept. */
    public Path cache() {
        return UserCache.of(environment, home, system);
    }

    private static DataSet open(String asked, String by, Layout layout) {
        if (asked.equals(SYNTHETIC)) {
            return Synthetic.standard();
        }
        if (asked.matches(SYNTHETIC + ":-?[0-9]{1,18}")) {
            return Synthetic.of(Long.parseLong(asked.substring(SYNTHETIC.length() + 1)));
        }
        try {
            return Cifar10.open(Path.of(asked), layout, true);
        } catch (DataCorrupt | InvalidPathException e) {
            throw new DataCorrupt(by + ": " + e.getMessage(), e);
        }
    }
}
