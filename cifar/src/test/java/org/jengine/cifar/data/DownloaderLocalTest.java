package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jengine.cifar.data.DataUnavailable.Reason;
import org.junit.jupiter.api.Test;

/** What goes wrong on this side: disk, locks, interrupts. */
class DownloaderLocalTest extends DownloaderCase {
    @Test
    void fullDiskIsReportedAsSuch() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        Files.createDirectories(target.getParent());
        Files.createSymbolicLink(beside(".part"), full);
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            assertSays(unavailable(from(server), Reason.DISK), "cannot write", "still to come", "make room");
        }
        Files.delete(beside(".part"));
    }

    @Test
    void tooLittleRoomIsSeenBeforehand() throws IOException {
        try (FileServer server = new FileServer((x, n) -> {
            x.sendResponseHeaders(200, Long.MAX_VALUE / 2);
            x.getResponseBody().write(FILE);
        })) {
            assertSays(unavailable(from(server), Reason.DISK), "no room", "bytes are needed");
        }
        assertFalse(Files.exists(beside(".part")));
    }

    @Test
    void folderThatCannotBeMadeIsReported() throws IOException {
        Files.write(dir.resolve("cache"), new byte[1]);
        assertSays(unavailable(new Downloader(URI.create("http://127.0.0.1:1/f"), "0", Duration.ofSeconds(1), 1, Duration.ZERO),
            Reason.DISK), "cannot make the folder");
    }

    @Test
    void secondFetchAtTheSameTimeIsTurnedAway() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (FileServer server = new FileServer((x, n) -> {
            asked.countDown();
            await(goOn);
            FileServer.serve(x, FILE, "\"1\"", ALL);
        })) {
            Downloader patient = new Downloader(server.address(), sha256(FILE), Duration.ofSeconds(30), 1, Duration.ZERO);
            Thread first = new Thread(() -> patient.fetch(target, Progress.NONE));
            first.start();
            asked.await();
            assertSays(unavailable(patient, Reason.BUSY), "another process is fetching " + target);
            goOn.countDown();
            first.join();
            assertEquals(1, server.ranges.size());
        }
        assertWhole();
    }

    @Test
    void secondProcessIsTurnedAway() throws Exception {
        Files.createDirectories(target.getParent());
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m", "-cp",
            System.getProperty("java.class.path"), LockHolder.class.getName(), beside(".lock").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertEquals('L', other.getInputStream().read(), "the other process has the lock");
            Downloader any = new Downloader(URI.create("http://127.0.0.1:1/f"), "0", Duration.ofSeconds(1), 1, Duration.ZERO);
            assertSays(unavailable(any, Reason.BUSY), "another process is fetching " + target);
        } finally {
            other.destroyForcibly().waitFor();
        }
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            from(server).fetch(target, Progress.NONE);
        }
        assertWhole();
    }

    @Test
    void interruptEndsIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (FileServer server = new FileServer((x, n) -> {
            asked.countDown();
            await(never);
        })) {
            Downloader patient = new Downloader(server.address(), sha256(FILE), Duration.ofSeconds(60), 1, Duration.ZERO);
            List<Reason> reasons = new ArrayList<>();
            Thread fetching = new Thread(() -> {
                try {
                    patient.fetch(target, Progress.NONE);
                } catch (DataUnavailable e) {
                    reasons.add(e.reason());
                    if (Thread.currentThread().isInterrupted()) {
                        reasons.add(null);
                    }
                }
            });
            fetching.start();
            asked.await();
            fetching.interrupt();
            fetching.join(20_000);
            assertEquals(Arrays.asList(Reason.INTERRUPTED, null), reasons, "interrupted, and the flag is set again");
            never.countDown();
        }
    }

    @Test
    void interruptWhileWritingIsNoFaultOfTheDisk() throws IOException {
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            DataUnavailable e = assertThrows(DataUnavailable.class,
                () -> from(server).fetch(target, (bytes, total) -> Thread.currentThread().interrupt()));
            assertTrue(Thread.interrupted(), "the flag is set again");
            assertEquals(Reason.INTERRUPTED, e.reason(), e.getMessage());
            assertFalse(Files.exists(target));
            from(server).fetch(target, Progress.NONE);
        }
        assertWhole();
    }
}
