package org.jengine.cifar.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jengine.nn.Checkpoint;

/** The files that a run leaves. */
final class RunFolder {
    static final String BEST = "best.safetensors";
    static final String LAST = "last.safetensors";
    static final String RUN = "run.json";
    static final String METRICS = "metrics.jsonl";

    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd_HHmm", Locale.ROOT);
    private static final int PIECE = 1 << 20;

    private final Path folder;
    private final String id;
    /** Lines that the disk would not take yet. */
    private final List<String> pending = new ArrayList<>();
    private boolean complained;

    private RunFolder(Path folder, String id) {
        this.folder = folder;
        this.id = id;
    }

    /**
     * Makes {@code DATE_TITLE_ID} in {@code parent}.
     *
     * @throws DiskException if it cannot be made
     */
    static RunFolder create(Path parent, String title) {
        SecureRandom random = new SecureRandom();
        String date = DATE.format(LocalDateTime.now());
        while (true) {
            StringBuilder id = new StringBuilder();
            for (int i = 0; i < 3; i++) {
                id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            Path folder = parent.resolve(date + "_" + title + "_" + id);
            try {
                Files.createDirectories(parent);
                Files.createDirectory(folder);
                return new RunFolder(folder, id.toString());
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(folder)) {
                    throw new DiskException(parent, 0, new IOException("it is not a folder", e));
                }
            } catch (IOException e) {
                throw new DiskException(folder, 0, e);
            }
        }
    }

    Path folder() {
        return folder;
    }

    /** The short name that commands take. */
    String id() {
        return id;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Writes and removes as much as the run will leave, so that a full disk is found before the first step.
     *
     * @throws DiskException if there is no room
     */
    void tryRoomFor(long bytes) {
        Path trial = folder.resolve("trial.tmp");
        try {
            try (FileChannel channel = FileChannel.open(trial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                // Zeros would do on most file systems; on those that compress them the trial would prove nothing.
                byte[] noise = new byte[(int) Math.min(PIECE, bytes)];
                new SecureRandom().nextBytes(noise);
                for (long done = 0; done < bytes; done += noise.length) {
                    ByteBuffer piece = ByteBuffer.wrap(noise);
                    while (piece.hasRemaining()) {
                        channel.write(piece);
                    }
                }
                channel.force(true);
            } finally {
                Files.deleteIfExists(trial);
            }
        } catch (IOException e) {
            throw new DiskException(trial, bytes, e);
        }
    }

    /**
     * Writes {@code run.json}, whole or not at all.
     *
     * @throws DiskException if it cannot be written
     */
    void describe(Event run) {
        Path file = file(RUN);
        Path temporary = file(RUN + ".tmp");
        try {
            Files.writeString(temporary, run.pretty() + "\n");
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new DiskException(file, 0, e);
        }
    }

    /** Adds a line to the metrics. A disk that does not take it is told of once; the line is kept and tried again with the next. */
    void metric(Event line, Consumer<String> notes) {
        pending.add(line.toString());
        Path file = file(METRICS);
        try {
            Files.write(file, pending, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            pending.clear();
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                notes.accept(new DiskException(file, 0, e).getMessage().lines().findFirst().orElseThrow()
                        + "; the run goes on and tries again after each epoch");
            }
        }
    }

    /** @throws DiskException if the weights cannot be written; what was there before is then still whole */
    Path save(String name, Checkpoint checkpoint) {
        Path file = file(name);
        try {
            checkpoint.save(file);
        } catch (UncheckedIOException e) {
            throw new DiskException(file, checkpoint.net().parameters() * Float.BYTES, e.getCause());
        }
        return file;
    }
}
