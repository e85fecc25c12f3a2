package org.jengine.cifar.data;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jengine.cifar.data.DataUnavailable.Reason;

/**
 * Fetches one file over HTTP. It grows under the name {@code FILE.part}, is resumed there after a break, and gets its own name only
 * when it is whole and its checksum right.
 *
 * @param address  where the file is
 * @param sha256   its checksum in lower-case hexadecimal
 * @param timeout  longest silence of the server that is waited for
 * @param attempts how often the server may break off before that is an error
 * @param pause    wait before the second attempt; doubles with each further one
 */
public record Downloader(URI address, String sha256, Duration timeout, int attempts, Duration pause) {
    /** The publisher's address of the archive. */
    public static final String OFFICIAL = "https://www.cs.toronto.edu/~kriz/" + Layout.ARCHIVE;


    /** Fetches CIFAR-10's binary archive from its publisher. */
    public static Downloader official() {
        return new Downloader(URI.create(OFFICIAL), Layout.ARCHIVE_SHA256, Duration.ofSeconds(30), 5, Duration.ofSeconds(1));
    }

    /**
     * Fetches the file unless it is already there.
     *
     * @param target   the file to make; its folder is made too
     * @param progress told after every piece
     * @throws DataUnavailable if the server does not give the file, the disk does not take it, or another process is fetching it
     * @throws DataCorrupt     if the checksum of what came differs; it is kept as {@code FILE.bad}
     */
    public void fetch(Path target, Progress progress) {
        Path lockFile = beside(target, ".lock");
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new DataUnavailable(Reason.DISK, "cannot make the folder of " + target + ": " + e, e);
        }
        // The lock file stays: deleting it would let two processes lock two files of the same name.
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
             FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw busy(target);
            }
            if (!Files.exists(target)) {
                fetchLocked(target, progress);
            }
        } catch (OverlappingFileLockException e) {
            throw busy(target);
        } catch (IOException e) {
            throw new DataUnavailable(Reason.DISK, "cannot write beside " + target + ": " + e, e);
        }
    }

    private void fetchLocked(Path target, Progress progress) throws IOException {
        throw new IOException("not yet " + progress);
    }

    private static DataUnavailable busy(Path target) {
        return new DataUnavailable(Reason.BUSY, "another process is fetching " + target + "; wait until it is done, or end it");
    }

    private static Path beside(Path target, String suffix) {
        return target.resolveSibling(target.getFileName() + suffix);
    }
}
