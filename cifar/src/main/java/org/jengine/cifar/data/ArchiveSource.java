package org.jengine.cifar.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The six files in a tar archive, compressed or not; it is read as a stream and nothing is written to disk. */
final class ArchiveSource implements Source {
    private static final int BUFFER = 1 << 16;

    private final Path path;
    private final Layout layout;
    private final boolean gzip;
    private String sha256;

    ArchiveSource(Path path, Layout layout, boolean gzip) {
        this.path = path;
        this.layout = layout;
        this.gzip = gzip;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String describe(int file) {
        return path + ": " + Layout.FILES.get(file);
    }

    @Override
    public String archiveSha256() {
        return sha256;
    }

    @Override
    public void read(IntPredicate wanted, FileReader reader) {
        Set<Integer> left = new HashSet<>();
        IntStream.range(0, Layout.FILES.size()).filter(wanted).forEach(left::add);
        // Only a reading of the whole file sees its checksum and whether a name comes twice.
        boolean all = left.size() == Layout.FILES.size();
        MessageDigest digest = all ? Hash.sha256() : null;
        Position at = new Position();
        try (Counted raw = new Counted(new BufferedInputStream(Files.newInputStream(path), BUFFER), digest)) {
            try {
                InputStream plain = gzip ? new GZIPInputStream(raw, BUFFER) : raw;
                entries(plain, all, left, reader, at);
                if (all) {
                    drain(plain);
                    drain(raw);
                }
            } catch (EOFException e) {
                throw new DataCorrupt(path + " is cut off: it ends after " + raw.count + " bytes, inside " + at.entry
                    + "; delete it, then " + Hints.GET_ARCHIVE, e);
            } catch (IOException e) {
                throw new DataCorrupt(path + " is damaged near byte " + raw.count + ", inside " + at.entry + " (" + e.getMessage()
                    + "); delete it, then " + Hints.GET_ARCHIVE, e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e, e);
        }
        if (!left.isEmpty()) {
            throw new DataCorrupt(path + " lacks " + String.join(", ", left.stream().sorted().map(Layout.FILES::get).toList()) + "; "
                + Hints.GET_ARCHIVE);
        }
        if (digest != null) {
            sha256 = Hash.hex(digest);
        }
    }

    private void entries(InputStream plain, boolean all, Set<Integer> left, FileReader reader, Position at) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(plain);
        Set<Integer> seen = new HashSet<>();
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            at.entry = entry.getName();
            int file = entry.isFile() ? Layout.FILES.indexOf(Hints.fileName(entry.getName())) : -1;
            if (file < 0) {
                Hints.refuseOtherSets(path, entry.getName());
                continue;
            }
            if (!seen.add(file)) {
                throw new DataCorrupt(path + " holds " + entry.getName() + " twice; " + Hints.GET_ARCHIVE);
            }
            layout.checkSize(describe(file), entry.getSize());
            if (left.remove(file)) {
                try {
                    reader.read(file, tar);
                } catch (DataCorrupt e) {
                    // Damage to the compressed bytes can first show as a wrong label; the checksum tells which it is.
                    drain(plain);
                    throw e;
                }
            }
            if (!all && left.isEmpty()) {
                return;
            }
        }
    }

    /** Reads to the end, where gzip keeps the checksum that it compares. */
    private static void drain(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** The entry that is being read, for messages. */
    private static final class Position {
        private String entry = "its beginning";
    }

    /** Counts and digests what passes. */
    private static final class Counted extends FilterInputStream {
        private final MessageDigest digest;
        private long count;

        Counted(InputStream in, MessageDigest digest) {
            super(in);
            this.digest = digest;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public long skip(long n) throws IOException {
            return Math.max(0, read(new byte[(int) Math.min(n, BUFFER)]));
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int n = in.read(bytes, from, length);
            if (n > 0) {
                count += n;
                if (digest != null) {
                    digest.update(bytes, from, n);
                }
            }
            return n;
        }
    }
}
