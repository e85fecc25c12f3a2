package org.jengine.cifar.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;

/** The six files side by side in a folder. */
record FolderSource(Path path, Layout layout) implements Source {
    @Override
    public String describe(int file) {
        return path.resolve(Layout.FILES.get(file)).toString();
    }

    @Override
    public void read(IntPredicate wanted, FileReader reader) {
        List<String> missing = Layout.FILES.stream().filter(name -> !Files.isRegularFile(path.resolve(name))).toList();
        if (!missing.isEmpty()) {
            throw new DataCorrupt(path + " lacks " + String.join(", ", missing) + "; " + Hints.GET_ARCHIVE);
        }
        for (int file = 0; file < Layout.FILES.size(); file++) {
            if (wanted.test(file)) {
                read(file, reader);
            }
        }
    }

    private void read(int file, FileReader reader) {
        Path one = path.resolve(Layout.FILES.get(file));
        try (InputStream in = Files.newInputStream(one)) {
            layout.checkSize(describe(file), Files.size(one));
            reader.read(file, in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + one + ": " + e, e);
        }
    }

    @Override
    public String archiveSha256() {
        return null;
    }
}
