package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jengine.cifar.data.DataUnavailable.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file, the place it is fetched to, and what the downloader's tests check of both. */
abstract class DownloaderCase {
    static final byte[] FILE = new byte[300_000];
    static final int CUT = 100_000;
    static final int ALL = Integer.MAX_VALUE - FILE.length;

    static {
        new Random(1).nextBytes(FILE);
    }

    @TempDir
    Path dir;
    Path target;

    @BeforeEach
    void name() {
        target = dir.resolve("cache/file.tar.gz");
    }

    static String sha256(byte[] bytes) {
        MessageDigest digest = Hash.sha256();
        digest.update(bytes);
        return Hash.hex(digest);
    }

    static Downloader from(FileServer server) {
        return new Downloader(server.address(), sha256(FILE), Duration.ofSeconds(20), 4, Duration.ofMillis(1));
    }

    Path beside(String suffix) {
        return dir.resolve("cache/file.tar.gz" + suffix);
    }

    void assertWhole() throws IOException {
        assertArrayEquals(FILE, Files.readAllBytes(target));
        try (Stream<Path> left = Files.list(target.getParent())) {
            assertEquals(List.of("file.tar.gz", "file.tar.gz.lock"), left.map(p -> p.getFileName().toString()).sorted().toList());
        }
    }

    static void assertSays(RuntimeException e, String... words) {
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "'" + word + "' not in: " + e.getMessage());
        }
    }

    DataUnavailable unavailable(Downloader downloader, Reason reason) {
        DataUnavailable e = assertThrows(DataUnavailable.class, () -> downloader.fetch(target, Progress.NONE));
        assertEquals(reason, e.reason(), e.getMessage());
        assertFalse(Files.exists(target));
        return e;
    }

    static void sleep(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
