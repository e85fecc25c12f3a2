package org.jengine.nn;

import java.nio.file.Path;
import java.util.Map;

/** Weights in a safetensors file, with the net's description in its metadata. */
public record Checkpoint(Net net, Weights weights, Map<String, String> metadata) {
    /** Writes to a temporary file beside {@code file}, syncs it and renames it. */
    public void save(Path file) {
        throw new UnsupportedOperationException();
    }

    /** @throws CheckpointCorrupt if the file is not what {@link #save} writes */
    public static Checkpoint load(Path file) {
        throw new UnsupportedOperationException();
    }
}
