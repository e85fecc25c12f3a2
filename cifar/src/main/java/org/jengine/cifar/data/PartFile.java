package org.jengine.cifar.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jengine.cifar.data.DataUnavailable.Reason;

/** A download in the making, {@code FILE.part}, and beside it what the server called this version of the file, {@code FILE.part.tag}. */
final class PartFile implements AutoCloseable {
    private static final String MAKE_ROOM = "make room on that disk, or name another folder";

    private final Path target;
    private final Path part;
    private final Path tag;
    private FileChannel channel;

    PartFile(Path target) {
        this.target = target;
        part = target.resolveSibling(target.getFileName() + ".part");
        tag = target.resolveSibling(target.getFileName() + ".part.tag");
    }

    /** The file that is to be made. */
    Path target() {
        return target;
    }

    Path path() {
        return part;
    }

    /** Bytes that a download can go on from; 0 if it is not known which version of the file they are of. */
    long size() {
        try {
            return Files.exists(tag) && Files.exists(part) ? Files.size(part) : 0;
        } catch (IOException e) {
            throw disk(e, 0);
        }
    }

    String tag() throws IOException {
        return Files.readString(tag);
    }

    /** Opens the file to write on from byte {@code from}, dropping what follows; at 0 a new version begins. */
    void open(long from, String newTag) {
        try {
            release();
            if (from == 0) {
                Files.deleteIfExists(tag);
            }
            channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(from).position(from);
            if (from == 0 && !newTag.isEmpty()) {
                Files.writeString(tag, newTag);
            }
        } catch (IOException e) {
            throw disk(e, 0);
        }
    }

    /** @param left bytes that are still to come, or less than 0 if that is not known; for the message */
    void write(ByteBuffer bytes, long left) throws InterruptedException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (ClosedByInterruptException e) {
            throw new InterruptedException();
        } catch (IOException e) {
            throw disk(e, left);
        }
    }

    /** @throws DataUnavailable if the disk has no room for {@code bytes} more */
    void checkRoom(long bytes) {
        try {
            long free = Files.getFileStore(target.toAbsolutePath().getParent()).getUsableSpace();
            if (free < bytes) {
                throw new DataUnavailable(Reason.DISK, "no room for " + target + ": " + bytes + " bytes are needed and " + free
                    + " are free", MAKE_ROOM, null);
            }
        } catch (IOException e) {
            throw disk(e, bytes);
        }
    }

    void delete() {
        try {
            release();
            Files.deleteIfExists(part);
            Files.deleteIfExists(tag);
        } catch (IOException e) {
            throw disk(e, 0);
        }
    }

    /** Gives the file its own name, written through to the disk. */
    void finish() throws IOException {
        try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(tag);
    }

    /** Sets the file aside as {@code FILE.bad}. */
    Path reject() throws IOException {
        Path bad = target.resolveSibling(target.getFileName() + ".bad");
        Files.move(part, bad, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(tag);
        return bad;
    }

    /** Lets go of the file, which {@link #open} takes again. */
    void release() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    @Override
    public void close() throws IOException {
        release();
    }

    private DataUnavailable disk(IOException e, long left) {
        return new DataUnavailable(Reason.DISK, "cannot write " + part + ": " + e.getMessage()
            + (left > 0 ? "; " + left + " bytes were still to come" : ""), MAKE_ROOM, e);
    }
}
