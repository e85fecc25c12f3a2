package org.jengine.cifar.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of a run cannot be written; the message names it, what it needs and what is free. */
final class DiskException extends RuntimeException {
    /** @param need bytes that were to be written, or 0 if they do not matter */
    DiskException(Path file, long need, IOException cause) {
        super("cannot write " + file + ": " + reason(cause) + space(file, need)
                + "\nmake room there, or name another folder with --run-dir", cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        } else if (cause instanceof java.nio.file.NoSuchFileException) {
            return "the folder does not exist";
        } else if (cause instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static String space(Path file, long need) {
        if (need <= 0) {
            return "";
        }
        Path at = file.toAbsolutePath();
        while (at != null && !Files.exists(at)) {
            at = at.getParent();
        }
        try {
            return at == null ? "" : " (needs " + Text.bytes(need) + ", " + Text.bytes(Files.getFileStore(at).getUsableSpace()) + " free)";
        } catch (IOException e) {
            return " (needs " + Text.bytes(need) + ")";
        }
    }
}
