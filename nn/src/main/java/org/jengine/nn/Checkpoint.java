package org.jengine.nn;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Weights in a safetensors file, with the net's description in its metadata.
 *
 * @param metadata what else is worth keeping, such as the data set's name; the keys {@code format}, {@code format_version}, {@code net}
 *                 and {@code sha256} are taken
 */
public record Checkpoint(Net net, Weights weights, Map<String, String> metadata) {
    private static final String FORMAT = "format";
    private static final String FORMAT_NAME = "jengine";
    private static final String VERSION = "format_version";
    private static final String VERSION_READ = "1";
    private static final String NET = "net";
    private static final Set<String> TAKEN = Set.of(FORMAT, VERSION, NET, Safetensors.HASH);

    /** @throws IllegalArgumentException if the weights are not the net's, or a key of the metadata is taken */
    public Checkpoint {
        weights.check(net);
        metadata = Map.copyOf(metadata);
        for (String key : metadata.keySet()) {
            if (TAKEN.contains(key)) {
                throw new IllegalArgumentException("the metadata key '" + key + "' is for the checkpoint itself");
            }
        }
    }

    /**
     * Writes to a temporary file beside {@code file}, syncs it and renames it, so that {@code file} is always whole: the old or the new.
     *
     * @throws UncheckedIOException if that fails; {@code file} is then as it was
     */
    public void save(Path file) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(FORMAT, FORMAT_NAME);
        all.put(VERSION, VERSION_READ);
        all.put(NET, net.toJson());
        all.putAll(metadata);
        Safetensors.write(file, all, weights.tensors());
    }

    /**
     * Reads what {@link #save} wrote, all or nothing.
     *
     * @throws CheckpointCorrupt    if the file is something else or damaged
     * @throws UncheckedIOException if it cannot be read
     */
    public static Checkpoint load(Path file) {
        try (Safetensors in = Safetensors.open(file)) {
            Map<String, String> metadata = new LinkedHashMap<>(in.metadata());
            if (!FORMAT_NAME.equals(metadata.get(FORMAT)) || !metadata.containsKey(NET)) {
                throw new CheckpointCorrupt(file + ": the metadata have no '" + FORMAT + "' of " + FORMAT_NAME + " with a '" + NET
                        + "': written by another program. Weights alone do not say which net they belong to; load a file that this "
                        + "program wrote");
            }
            if (!VERSION_READ.equals(metadata.get(VERSION))) {
                throw new CheckpointCorrupt(file + ": " + VERSION + " is " + metadata.get(VERSION) + ", this program reads " + VERSION_READ
                        + "; load it with the version that wrote it");
            }
            Net net;
            try {
                net = Net.fromJson(metadata.get(NET));
            } catch (IllegalArgumentException e) {
                throw new CheckpointCorrupt(file + ": metadata '" + NET + "': " + e.getMessage()
                        + "; load it with the version that wrote it", e);
            }
            Weights weights = in.weights(net);
            TAKEN.forEach(metadata::remove);
            return new Checkpoint(net, weights, metadata);
        }
    }
}
