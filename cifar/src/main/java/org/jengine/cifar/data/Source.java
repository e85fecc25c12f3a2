package org.jengine.cifar.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.IntPredicate;

/** Where the six files lie; reading it again gives the same bytes. */
interface Source {
    /** The folder of the files, or the archive. */
    Path path();

    /** What messages call file number {@code file}. */
    String describe(int file);

    /**
     * Hands each wanted file's content to the reader, in the order in which they are stored.
     *
     * @param wanted whether the file of that number is needed; reading stops when no needed one is left
     * @throws DataCorrupt if a file is missing, has the wrong size or cannot be unpacked
     */
    void read(IntPredicate wanted, FileReader reader);

    /** SHA-256 of the archive as read by {@link #read} last if it was read to its end; null for a folder. */
    String archiveSha256();

    /** Takes one file's content. */
    interface FileReader {
        /** @param file index into {@link Layout#FILES} */
        void read(int file, InputStream in) throws IOException;
    }
}
