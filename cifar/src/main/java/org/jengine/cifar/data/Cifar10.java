package org.jengine.cifar.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jengine.kernels.Shape;

/**
 * CIFAR-10 in its binary form, from a folder or straight from the archive. Opening reads and checks every byte. The images never
 * lie on the Java heap: those of a folder are read again for each copy; those of an archive are kept off-heap where the JVM may
 * allocate so much, since unpacking takes a second, and unpacked again where it may not.
 */
public final class Cifar10 implements DataSet {
    private static final Shape IMAGE = Shape.of(Layout.EDGE, Layout.EDGE, 3);
    private static final int BLOCK = 64;

    private final Layout layout;
    private final Source source;
    private final List<FileReport> files;
    private final byte[][] labels;
    private final List<String> warnings;
    private final boolean official;
    /** Training, then validation images as {@code [n, h, w, c]}; null where they are read afresh. */
    private final ByteBuffer kept;

    private Cifar10(Layout layout, Source source, boolean keep) {
        this.layout = layout;
        this.source = source;
        labels = new byte[][] {new byte[layout.count(Split.TRAIN)], new byte[layout.count(Split.VALIDATION)]};
        kept = keep && source instanceof ArchiveSource ? direct((long) Layout.IMAGE * (labels[0].length + labels[1].length)) : null;
        FileReport[] reports = new FileReport[Layout.FILES.size()];
        source.read(file -> true, (file, in) -> reports[file] = check(file, in));
        files = List.of(reports);
        official = files.stream().allMatch(FileReport::official) || Layout.ARCHIVE_SHA256.equals(source.archiveSha256());
        warnings = List.copyOf(unevenClasses());
    }

    /**
     * Opens and checks the data set.
     *
     * @param path the folder of the files, a folder that holds that folder or the archive, or the archive
     * @throws DataCorrupt naming the file, the place and the remedy if anything is missing or wrong
     */
    public static Cifar10 open(Path path) {
        return open(path, Layout.CIFAR10, true);
    }

    /** @param keep whether an archive's images may be kept off-heap */
    static Cifar10 open(Path path, Layout layout, boolean keep) {
        return new Cifar10(layout, Finder.find(path, layout), keep);
    }

    @Override
    public String name() {
        return "CIFAR-10";
    }

    /** {@code sha256:} and the hash over the six files' hashes; the same for the folder and the archive. */
    @Override
    public String fingerprint() {
        return "sha256:" + Hash.ofAll(files.stream().map(FileReport::sha256).toList());
    }

    @Override
    public Shape image() {
        return IMAGE;
    }

    @Override
    public List<String> classes() {
        return Layout.CLASSES;
    }

    @Override
    public int count(Split split) {
        return layout.count(split);
    }

    @Override
    public String source() {
        return source.path().toString();
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public List<FileReport> files() {
        return files;
    }

    @Override
    public boolean official() {
        return official;
    }

    @Override
    public byte[] labels(Split split) {
        return labels[split.ordinal()].clone();
    }

    @Override
    public void copyFirst(Split split, int count, ByteBuffer images, ByteBuffer classes) {
        DataSet.checkRoom(this, split, count, images, classes);
        int at = images.position();
        if (kept != null) {
            int from = split == Split.TRAIN ? 0 : Layout.IMAGE * labels[0].length;
            images.put(kept.duplicate().position(from).limit(from + Layout.IMAGE * count));
        } else {
            source.read(file -> Layout.splitOf(file) == split && firstOf(file) < count, (file, in) ->
                blocks(file, in, (record, n, block) -> put(block, Math.min(n, count - record), images, at + Layout.IMAGE * record)));
            images.position(at + Layout.IMAGE * count);
        }
        classes.put(labels[split.ordinal()], 0, count);
    }

    private FileReport check(int file, InputStream in) throws IOException {
        MessageDigest digest = Hash.sha256();
        Split split = Layout.splitOf(file);
        int before = split == Split.TRAIN ? 0 : Layout.IMAGE * labels[0].length;
        blocks(file, in, (record, n, block) -> {
            digest.update(block, 0, n * Layout.RECORD);
            for (int i = 0; i < n; i++) {
                labels[split.ordinal()][record + i] = block[i * Layout.RECORD];
            }
            if (kept != null) {
                put(block, n, kept, before + Layout.IMAGE * record);
            }
        });
        String hash = Hash.hex(digest);
        return new FileReport(Layout.FILES.get(file), layout.fileBytes(), layout.recordsPerFile(), hash, layout.official(file, hash));
    }

    /** Reads a file block by block and checks its labels; {@code record} counts from the beginning of the split. */
    private void blocks(int file, InputStream in, BlockReader reader) throws IOException {
        byte[] block = new byte[BLOCK * Layout.RECORD];
        for (int done = 0; done < layout.recordsPerFile(); done += BLOCK) {
            int n = Math.min(BLOCK, layout.recordsPerFile() - done);
            if (in.readNBytes(block, 0, n * Layout.RECORD) < n * Layout.RECORD) {
                throw new EOFException(source.describe(file) + " ended early");
            }
            for (int i = 0; i < n; i++) {
                int label = block[i * Layout.RECORD] & 0xff;
                if (label >= Layout.CLASSES.size()) {
                    throw new DataCorrupt(source.describe(file) + ": record " + (done + i) + " (byte " + (long) (done + i) * Layout.RECORD
                        + ") has the label " + label + ", which is not in 0..9; the file is damaged or another one; "
                        + Hints.GET_ARCHIVE);
                }
            }
            reader.read(firstOf(file) + done, n, block);
        }
    }

    /** Place in its split of a file's first record. */
    private int firstOf(int file) {
        return Layout.splitOf(file) == Split.TRAIN ? file * layout.recordsPerFile() : 0;
    }

    /** Writes {@code n} records' pixels, colours interleaved. */
    private static void put(byte[] block, int n, ByteBuffer images, int at) {
        byte[] image = new byte[Layout.IMAGE];
        for (int i = 0; i < n; i++) {
            int red = i * Layout.RECORD + 1;
            for (int p = 0; p < Layout.PIXELS; p++) {
                image[3 * p] = block[red + p];
                image[3 * p + 1] = block[red + Layout.PIXELS + p];
                image[3 * p + 2] = block[red + 2 * Layout.PIXELS + p];
            }
            images.put(at + i * Layout.IMAGE, image);
        }
    }

    private List<String> unevenClasses() {
        List<String> found = new ArrayList<>();
        for (Split split : Split.values()) {
            int[] counts = DataReport.counts(this, split);
            double even = (double) count(split) / counts.length;
            for (int c = 0; c < counts.length; c++) {
                if (counts[c] < even / 2 || counts[c] > even * 2) {
                    found.add("class " + Layout.CLASSES.get(c) + " has " + counts[c] + " of " + count(split) + " "
                        + split.name().toLowerCase(Locale.ROOT) + " images, far from an even share: are the labels right?");
                }
            }
        }
        return found;
    }

    /** Off-heap memory, or null where the JVM's limit forbids it; no method tells that limit. */
    private static ByteBuffer direct(long bytes) {
        if (Runtime.getRuntime().maxMemory() < 2 * bytes) {
            return null;
        }
        try {
            return ByteBuffer.allocateDirect(Math.toIntExact(bytes));
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private interface BlockReader {
        void read(int record, int count, byte[] block);
    }
}
