package org.jengine.runtime.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.spi.Sha256;

/**
 * Plans that cuDNN compiled for one GPU, driver and cuDNN, a file each, since compiling takes it seconds. They save time and nothing else:
 * what cannot be read is compiled again, and what cannot be written is not kept; both are logged.
 */
final class DnnShelf {
    private static final System.Logger LOG = System.getLogger(DnnShelf.class.getName());

    private final Path folder;

    /**
     * The shelf of a device.
     *
     * @param cache folder in which it is; null to keep nothing
     */
    DnnShelf(Path cache, DeviceInfo info) {
        folder = cache == null ? null
                : cache.resolve("cudnn-plans-" + Sha256.hex(info.name() + " " + info.details()).substring(0, 16));
    }

    /** What is kept under the key. */
    Optional<String> get(String key) {
        if (folder == null) {
            return Optional.empty();
        }
        try {
            String all = Files.readString(file(key));
            return all.startsWith(key + "\n") ? Optional.of(all.substring(key.length() + 1)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a plan cannot be read and is made anew: {0}", e.toString());
            return Optional.empty();
        }
    }

    /** @param key one line */
    void put(String key, String plan) {
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "plan", ".part");
            Files.writeString(part, key + "\n" + plan);
            Files.move(part, file(key), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a plan is not kept: {0}", e.toString());
        }
    }

    private Path file(String key) {
        return folder.resolve(Sha256.hex(key).substring(0, 32) + ".plan");
    }
}
