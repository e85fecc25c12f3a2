package org.jengine.cifar.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jengine.nn.ImageData.Split;

/** A small set in the binary layout, whose bytes are a formula of their place. */
final class Fixture {
    /** More than one block of the reader, and no multiple of it. */
    static final int RECORDS = 70;
    static final Layout LAYOUT = new Layout(RECORDS, List.of());

    private Fixture() {
    }

    /** The label of a record of a file. */
    static int label(int file, int record) {
        return (file + record) % 10;
    }

    /** A pixel's byte. */
    static byte pixel(int file, int record, int channel, int y, int x) {
        return (byte) (file * 31 + record * 7 + channel * 101 + y * 3 + x);
    }

    static byte[] file(int file) {
        ByteBuffer out = ByteBuffer.allocate(RECORDS * Layout.RECORD);
        for (int record = 0; record < RECORDS; record++) {
            out.put((byte) label(file, record));
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < 32; y++) {
                    for (int x = 0; x < 32; x++) {
                        out.put(pixel(file, record, c, y, x));
                    }
                }
            }
        }
        return out.array();
    }

    /** The six files by name, to be changed as a test likes. */
    static Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("batches.meta.txt", (String.join("\n", Layout.CLASSES) + "\n\n").getBytes(StandardCharsets.US_ASCII));
        for (int f = 0; f < Layout.FILES.size(); f++) {
            files.put(Layout.FILES.get(f), file(f));
        }
        return files;
    }

    static Path folder(Path folder, Map<String, byte[]> files) {
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.resolve(file.getKey()), file.getValue());
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] tar(String folder, Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.putArchiveEntry(new TarArchiveEntry(folder + "/"));
            tar.closeArchiveEntry();
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(folder + "/" + file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] archive(Map<String, byte[]> files) {
        return gzip(tar(Layout.FOLDER, files));
    }

    static Path write(Path path, byte[] bytes) {
        try {
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All images of a split, then all labels. */
    static byte[] content(DataSet data, Split split) {
        int n = data.count(split);
        ByteBuffer all = ByteBuffer.allocate(n * Layout.RECORD);
        ByteBuffer images = all.slice(0, n * Layout.IMAGE);
        ByteBuffer labels = all.slice(n * Layout.IMAGE, n);
        data.copyTo(split, images, labels);
        if (images.hasRemaining() || labels.hasRemaining()) {
            throw new AssertionError("positions not advanced: " + images + ", " + labels);
        }
        return all.array();
    }
}
