package org.jengine.cifar.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.jengine.cifar.data.DataUnavailable.Reason;

/**
 * Fetches one file over HTTP. It grows under the name {@code FILE.part}, is resumed there after a break, and gets its own name only
 * when it is whole and its checksum right.
 *
 * @param address  where the file is
 * @param sha256   its checksum in lower-case hexadecimal
 * @param timeout  longest silence of the server that is waited for
 * @param attempts how often a transfer is begun before its breaking off is an error
 * @param pause    wait before the second attempt; doubles with each further one
 */
public record Downloader(URI address, String sha256, Duration timeout, int attempts, Duration pause) {
    /** The publisher's address of the archive. */
    public static final String OFFICIAL = "https://www.cs.toronto.edu/~kriz/" + Layout.ARCHIVE;

    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final Duration CONNECT = Duration.ofSeconds(10);

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
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new DataUnavailable(Reason.DISK, "cannot make the folder " + target.toAbsolutePath().getParent() + ": " + e,
                "name another folder", e);
        }
        // The lock file stays: were it deleted, two processes could each lock a file of that name.
        Path lockFile = target.resolveSibling(target.getFileName() + ".lock");
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
        } catch (InterruptedException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
            throw new DataUnavailable(Reason.INTERRUPTED, "interrupted while fetching " + address,
                "what came is kept for 'jengine data fetch'", e);
        } catch (IOException e) {
            throw new DataUnavailable(Reason.DISK, "cannot write beside " + target + ": " + e, "name another folder", e);
        }
    }

    private void fetchLocked(Path target, Progress progress) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT).build();
        try (PartFile part = new PartFile(target)) {
            long total = -1;
            for (int attempt = 1; ; attempt++) {
                try {
                    transfer(client, part, progress);
                    break;
                } catch (Broken e) {
                    total = Math.max(total, e.total);
                    boolean noNetwork = e.getCause() instanceof ConnectException || e.getCause() instanceof HttpConnectTimeoutException;
                    if (noNetwork && attempt == 1 || attempt == attempts) {
                        throw unavailable(e, attempt, part.size(), total, target);
                    }
                }
                Thread.sleep(pause.toMillis() << attempt - 1);
            }
            part.release();
            accept(part);
        }
    }

    /** One attempt; returns when the part file is whole. */
    private void transfer(HttpClient client, PartFile part, Progress progress) throws Broken, IOException, InterruptedException {
        long have = part.size();
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(timeout).header("User-Agent", "jengine");
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-").header("If-Range", part.tag());
        }
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
        try {
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofPublisher());
        } catch (IOException e) {
            throw new Broken(-1, e);
        }
        try (Pieces pieces = new Pieces()) {
            response.body().subscribe(pieces);
            HttpHeaders headers = response.headers();
            int status = response.statusCode();
            if (status == RANGE_NOT_SATISFIABLE && headers.firstValue("Content-Range").orElse("").equals("bytes */" + have)) {
                return;
            }
            if (status == RANGE_NOT_SATISFIABLE || status == PARTIAL && firstByte(headers) != have) {
                part.delete();
                throw new Broken(-1, new IOException("the server's file is another one than before"));
            }
            if (status != OK && status != PARTIAL) {
                refuse(status, part);
            }
            long from = status == PARTIAL ? have : 0;
            long length = headers.firstValueAsLong("Content-Length").orElse(-1);
            long total = length < 0 ? -1 : from + length;
            part.checkRoom(Math.max(0, length));
            part.open(from, tag(headers));
            copy(pieces, part, progress, from, total);
        }
    }

    private void copy(Pieces pieces, PartFile part, Progress progress, long from, long total)
            throws Broken, InterruptedException {
        long at = from;
        progress.at(at, total);
        try {
            for (Optional<List<ByteBuffer>> piece = pieces.next(timeout); piece.isPresent(); piece = pieces.next(timeout)) {
                for (ByteBuffer bytes : piece.get()) {
                    int n = bytes.remaining();
                    part.write(bytes, total - at);
                    at += n;
                }
                progress.at(at, total);
            }
        } catch (IOException e) {
            throw new Broken(total, e);
        }
        if (at < total) {
            throw new Broken(total, new IOException("the connection ended early"));
        }
    }

    private void refuse(int status, PartFile part) throws Broken {
        IOException why = new IOException("the server answered with status " + status);
        if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT) {
            throw new Broken(-1, why);
        }
        throw new DataUnavailable(Reason.NETWORK, "cannot fetch " + address + ": " + why.getMessage(), byHand(part.target()), why);
    }

    private void accept(PartFile part) throws IOException {
        String hash = Hash.of(part.path());
        if (hash.equals(sha256)) {
            part.finish();
            return;
        }
        long size = Files.size(part.path());
        Path bad = part.reject();
        String head;
        try (InputStream in = Files.newInputStream(bad)) {
            head = new String(in.readNBytes(512), StandardCharsets.ISO_8859_1);
        }
        throw new DataCorrupt((Finder.isWebPage(head) ? "the server sent a web page, not the archive (a log-in page of this network?)"
            : "what the server sent is not the archive") + ": SHA-256 " + hash + " instead of " + sha256 + ", " + size + " bytes from "
            + address + "; it is kept as " + bad + "; try again later, or " + byHand(part.target()));
    }

    private DataUnavailable unavailable(Broken e, int attempt, long got, long total, Path target) {
        String progress = got == 0 && total < 0 ? "" : "; got " + got + (total < 0 ? "" : " of " + total) + " bytes, which are kept";
        return new DataUnavailable(Reason.NETWORK, "cannot fetch " + address + ": " + e.why()
            + (attempt > 1 ? ", " + attempt + " attempts" : "") + progress, "run 'jengine data fetch' again, or " + byHand(target), e);
    }

    private static String byHand(Path target) {
        return "put the file at " + target + " by hand";
    }

    private static DataUnavailable busy(Path target) {
        return new DataUnavailable(Reason.BUSY, "another process is fetching " + target,
            "wait until it is done, or end it", null);
    }

    /** What names this version of the file in a later request; empty if nothing does. */
    private static String tag(HttpHeaders headers) {
        // A weak tag may stand for different bytes.
        return headers.firstValue("ETag").filter(t -> !t.startsWith("W/")).or(() -> headers.firstValue("Last-Modified")).orElse("");
    }

    private static long firstByte(HttpHeaders headers) {
        String range = headers.firstValue("Content-Range").orElse("");
        return range.matches("bytes [0-9]{1,18}-.*") ? Long.parseLong(range.substring(6, range.indexOf('-'))) : -1;
    }

    /** A transfer that broke off and may be tried again. */
    private static final class Broken extends Exception {
        private final long total;

        Broken(long total, IOException cause) {
            super(cause);
            this.total = total;
        }

        /** The JDK's exceptions often lack a message here. */
        String why() {
            for (Throwable t = getCause(); t != null; t = t.getCause()) {
                if (t instanceof UnresolvedAddressException) {
                    return "the host's name is not known (no network?)";
                }
            }
            Throwable cause = getCause();
            return cause instanceof ConnectException ? "no connection (" + cause.getMessage() + ")"
                : cause instanceof HttpConnectTimeoutException ? "no connection within the time allowed"
                : cause instanceof HttpTimeoutException ? "the server does not answer (" + cause.getMessage() + ")"
                : cause.getMessage() == null ? cause.toString() : cause.getMessage();
        }
    }
}
