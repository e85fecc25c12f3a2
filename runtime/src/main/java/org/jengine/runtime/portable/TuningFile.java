package org.jengine.runtime.portable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.spi.Sha256;

/**
 * What was found about one device and driver, as a properties file. It saves time and nothing else: what cannot be read is searched
 * again, and what cannot be written is not kept; both are logged.
 */
final class TuningFile {
    private static final System.Logger LOG = System.getLogger(TuningFile.class.getName());

    private final Path file;
    private final String device;
    private Properties entries;

    /** The file for a device in {@code folder}; its name comes from all that the device says of itself. */
    TuningFile(Path folder, DeviceInfo info) {
        device = info.name() + " " + info.details();
        file = folder.resolve("tuning-" + Sha256.hex(device).substring(0, 16) + ".properties");
    }

    /** What is kept under the key, or null. */
    String get(String key) {
        if (entries == null) {
            entries = read();
        }
        return entries.getProperty(key);
    }

    /** Keeps a value, beside what others wrote in the meantime. */
    void put(String key, String value) {
        entries = read();
        entries.setProperty(key, value);
        try {
            Files.createDirectories(file.getParent());
            Path part = Files.createTempFile(file.getParent(), "tuning", ".part");
            try (OutputStream out = Files.newOutputStream(part)) {
                entries.store(out, "The quickest tiles on " + device);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the tiles found are not kept: {0}", e.toString());
        }
    }

    private Properties read() {
        Properties read = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            read.load(in);
        } catch (NoSuchFileException e) {
            return read;
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} cannot be read, tiles are searched anew: {1}", file, e.toString());
        }
        return read;
    }
}
