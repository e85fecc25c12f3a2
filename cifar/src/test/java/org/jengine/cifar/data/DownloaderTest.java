package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jengine.cifar.data.DataUnavailable.Reason;
import org.junit.jupiter.api.Test;

class DownloaderTest extends DownloaderCase {
    @Test
    void wholeFileWithProgress() throws IOException {
        List<Long> seen = new ArrayList<>();
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            from(server).fetch(target, (bytes, total) -> {
                assertEquals(FILE.length, total);
                seen.add(bytes);
            });
            assertEquals(List.of("-"), server.ranges);
            from(server).fetch(target, Progress.NONE);
            assertEquals(1, server.ranges.size(), "what is there is not fetched again");
        }
        assertWhole();
        assertEquals(0, seen.get(0));
        assertEquals(FILE.length, seen.get(seen.size() - 1));
        assertEquals(seen.stream().sorted().toList(), seen);
    }

    @Test
    void cutOffIsResumed() throws IOException {
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", CUT))) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(List.of("-", "bytes=" + CUT + "-", "bytes=" + 2 * CUT + "-"), server.ranges);
        }
        assertWhole();
    }

    @Test
    void tooManyBreaksKeepWhatCame() throws IOException {
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", 1000))) {
            assertSays(unavailable(from(server), Reason.NETWORK), "4 attempts", "got 4000 of 300000 bytes", "put the file at " + target,
                server.address().toString());
            assertEquals(4000, Files.size(beside(".part")));
        }
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            List<Long> seen = new ArrayList<>();
            from(server).fetch(target, (bytes, total) -> seen.add(bytes));
            assertEquals(List.of("bytes=4000-"), server.ranges);
            assertEquals(4000, seen.get(0));
        }
        assertWhole();
    }

    @Test
    void newVersionOnTheServerStartsOver() throws IOException {
        byte[] old = new byte[FILE.length];
        try (FileServer server = new FileServer((x, n) ->
            FileServer.serve(x, n == 0 ? old : FILE, n == 0 ? "\"old\"" : "\"new\"", n == 0 ? CUT : ALL))) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(List.of("-", "bytes=" + CUT + "-"), server.ranges);
        }
        assertWhole();
    }

    @Test
    void serverWithoutRangesStartsOver() throws IOException {
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", n == 0 ? CUT : ALL, null))) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(2, server.ranges.size());
        }
        assertWhole();
    }

    @Test
    void serverThatNamesNoVersionIsNotResumed() throws IOException {
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "W/\"weak\"", n == 0 ? CUT : ALL))) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(List.of("-", "-"), server.ranges);
        }
        assertWhole();
    }

    @Test
    void wrongRangeInTheAnswerStartsOver() throws IOException {
        try (FileServer server = new FileServer((x, n) -> {
            if (n == 1) {
                x.getResponseHeaders().set("Content-Range", "bytes 5-99/" + FILE.length);
                FileServer.send(x, 206, new byte[95]);
            } else {
                FileServer.serve(x, FILE, "\"1\"", n == 0 ? CUT : ALL);
            }
        })) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(List.of("-", "bytes=" + CUT + "-", "-"), server.ranges);
        }
        assertWhole();
    }

    @Test
    void partThatIsWholeAlreadyIsAccepted() throws IOException {
        Files.createDirectories(target.getParent());
        Files.write(beside(".part"), FILE);
        Files.writeString(beside(".part.tag"), "\"1\"");
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(List.of("bytes=300000-"), server.ranges);
        }
        assertWhole();
    }

    @Test
    void partThatIsTooLongStartsOver() throws IOException {
        Files.createDirectories(target.getParent());
        Files.write(beside(".part"), new byte[FILE.length + 1]);
        Files.writeString(beside(".part.tag"), "\"1\"");
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(List.of("bytes=300001-", "-"), server.ranges);
        }
        assertWhole();
    }

    @Test
    void wrongBytesAreKeptAsBad() throws IOException {
        byte[] wrong = FILE.clone();
        wrong[7]++;
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, wrong, "\"1\"", ALL))) {
            DataCorrupt e = assertThrows(DataCorrupt.class, () -> from(server).fetch(target, Progress.NONE));
            assertSays(e, sha256(FILE), sha256(wrong), "300000 bytes", beside(".bad").toString(), "is not the archive");
        }
        assertFalse(Files.exists(target));
        assertFalse(Files.exists(beside(".part")));
        assertArrayEquals(wrong, Files.readAllBytes(beside(".bad")));
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, FILE, "\"1\"", ALL))) {
            from(server).fetch(target, Progress.NONE);
        }
        assertArrayEquals(FILE, Files.readAllBytes(target));
    }

    @Test
    void webPageIsCalledOne() throws IOException {
        byte[] page = "<!DOCTYPE html><title>Log in to this network</title>".getBytes(StandardCharsets.US_ASCII);
        try (FileServer server = new FileServer((x, n) -> FileServer.send(x, 200, page))) {
            DataCorrupt e = assertThrows(DataCorrupt.class, () -> from(server).fetch(target, Progress.NONE));
            assertSays(e, "sent a web page", page.length + " bytes");
        }
        assertFalse(Files.exists(target));
    }

    @Test
    void notFoundIsNotTriedAgain() {
        try (FileServer server = new FileServer((x, n) -> FileServer.send(x, 404, "no".getBytes(StandardCharsets.US_ASCII)))) {
            assertSays(unavailable(from(server), Reason.NETWORK), "status 404", server.address().toString());
            assertEquals(1, server.ranges.size());
        }
    }

    @Test
    void serverErrorIsTriedAgain() throws IOException {
        try (FileServer server = new FileServer((x, n) -> {
            if (n < 2) {
                FileServer.send(x, n == 0 ? 503 : 429, new byte[0]);
            } else {
                FileServer.serve(x, FILE, "\"1\"", ALL);
            }
        })) {
            from(server).fetch(target, Progress.NONE);
            assertEquals(3, server.ranges.size());
        }
        assertWhole();
    }

    @Test
    void redirectIsFollowed() throws IOException {
        try (FileServer server = new FileServer((x, n) -> {
            if (n == 0) {
                x.getResponseHeaders().set("Location", "/elsewhere");
                FileServer.send(x, 302, new byte[0]);
            } else {
                FileServer.serve(x, FILE, "\"1\"", ALL);
            }
        })) {
            from(server).fetch(target, Progress.NONE);
        }
        assertWhole();
    }

    @Test
    void slowStartIsWaitedForAndSilenceIsNot() throws IOException {
        try (FileServer server = new FileServer((x, n) -> {
            sleep(400);
            FileServer.serve(x, FILE, "\"1\"", ALL);
        })) {
            from(server).fetch(target, Progress.NONE);
        }
        assertWhole();
        Files.delete(target);
        CountDownLatch done = new CountDownLatch(1);
        try (FileServer server = new FileServer((x, n) -> {
            // The first answer stops in its middle, the second never begins.
            if (n == 0) {
                x.getResponseHeaders().set("ETag", "\"1\"");
                x.sendResponseHeaders(200, FILE.length);
                x.getResponseBody().write(FILE, 0, 5000);
                x.getResponseBody().flush();
            }
            await(done);
        })) {
            Downloader impatient = new Downloader(server.address(), sha256(FILE), Duration.ofMillis(1500), 2, Duration.ofMillis(1));
            assertSays(unavailable(impatient, Reason.NETWORK), "the server does not answer", "2 attempts", "got 5000 of 300000");
            assertEquals(List.of("-", "bytes=5000-"), server.ranges);
            done.countDown();
        }
    }

    @Test
    void noServerFailsAtOnce() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Downloader none = new Downloader(URI.create("http://127.0.0.1:" + port + "/f"), "0", Duration.ofSeconds(5), 5,
            Duration.ofSeconds(60));
        long start = System.nanoTime();
        assertSays(unavailable(none, Reason.NETWORK), "no connection", "put the file at " + target);
        assertTrue(System.nanoTime() - start < 30_000_000_000L, "waited before giving up");
        Downloader unknown = new Downloader(URI.create("http://no-such-host.invalid/f"), "0", Duration.ofSeconds(5), 5,
            Duration.ofSeconds(60));
        assertSays(unavailable(unknown, Reason.NETWORK), "no-such-host.invalid");
    }
}
