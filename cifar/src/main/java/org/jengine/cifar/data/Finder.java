package org.jengine.cifar.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Decides what kind of source a path is. */
final class Finder {
    private static final int TAR_MAGIC = 257;

    private Finder() {
    }

    /** @throws DataCorrupt if the path holds no binary CIFAR-10, saying what it seems to hold */
    static Source find(Path path, Layout layout) {
        try {
            if (Files.isDirectory(path)) {
                return folder(path, layout);
            }
            if (Files.isRegularFile(path)) {
                return file(path, layout);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e, e);
        }
        throw new DataCorrupt("there is no file or folder " + path + "; name " + Layout.ARCHIVE + " or " + Layout.FOLDER + ", or "
            + Hints.GET_ARCHIVE);
    }

    private static Source folder(Path path, Layout layout) throws IOException {
        for (Path candidate : List.of(path, path.resolve(Layout.FOLDER))) {
            if (Layout.FILES.stream().anyMatch(name -> Files.exists(candidate.resolve(name)))) {
                return new FolderSource(candidate, layout);
            }
        }
        Path archive = path.resolve(Layout.ARCHIVE);
        if (Files.isRegularFile(archive)) {
            return file(archive, layout);
        }
        try (Stream<Path> entries = Files.list(path)) {
            entries.sorted().forEach(entry -> Hints.refuseOtherSets(path, entry.getFileName().toString()));
        }
        throw new DataCorrupt(path + " holds neither " + Layout.FILES.get(0) + " nor " + Layout.FOLDER + " nor " + Layout.ARCHIVE + "; "
            + Hints.GET_ARCHIVE);
    }

    private static Source file(Path path, Layout layout) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(path)) {
            head = in.readNBytes(512);
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (head.length == 0) {
            throw new DataCorrupt(path + " is empty; delete it, then " + Hints.GET_ARCHIVE);
        }
        if (text.startsWith("\u001f\u008b")) {
            return new ArchiveSource(path, layout, true);
        }
        if (text.startsWith("ustar", TAR_MAGIC)) {
            return new ArchiveSource(path, layout, false);
        }
        if (isWebPage(text)) {
            throw new DataCorrupt(path + " is a web page, not the archive; delete it, then " + Hints.GET_ARCHIVE);
        }
        if (path.getFileName().toString().endsWith(".bin")) {
            throw new DataCorrupt(path + " is one file of several; name the folder that holds all six instead: " + path.toAbsolutePath()
                .getParent());
        }
        throw new DataCorrupt(path + " is no gzip or tar file (it begins with the bytes "
            + HexFormat.ofDelimiter(" ").formatHex(head, 0, Math.min(4, head.length)) + "); " + Hints.GET_ARCHIVE);
    }

    static boolean isWebPage(String head) {
        String start = head.stripLeading().toLowerCase(Locale.ROOT);
        return start.startsWith("<!doctype") || start.startsWith("<html") || start.startsWith("<?xml") || start.startsWith("<head");
    }
}
