package org.jengine.nn;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.Shape;

/**
 * The safetensors format (github.com/huggingface/safetensors): the header's length as a little-endian 64-bit number, a header in JSON
 * with type, shape and place of every array, the arrays. Only float32 is read and written. The SHA-256 of the arrays' part is kept in
 * the metadata.
 */
final class Safetensors implements AutoCloseable {
    static final String HASH = "sha256";
    private static final String METADATA = "__metadata__";
    /** What the format allows. */
    private static final long MAX_HEADER = 100_000_000;
    private static final String TAKE_ANOTHER = "; take another checkpoint or train again";

    private final Path file;
    private final FileChannel channel;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final long dataStart;
    private final long dataBytes;

    private record Entry(String name, Shape shape, long begin, long end) {
    }

    static void write(Path file, Map<String, String> metadata, Map<String, Weights.Tensor> tensors) {
        ObjectNode header = new ObjectMapper().createObjectNode();
        ObjectNode meta = header.putObject(METADATA);
        metadata.forEach(meta::put);
        int at = 0;
        for (Map.Entry<String, Weights.Tensor> t : tensors.entrySet()) {
            int end = Math.addExact(at, Math.multiplyExact(t.getValue().values().length, Float.BYTES));
            ObjectNode node = header.putObject(t.getKey()).put("dtype", "F32");
            for (int d : t.getValue().shape().toArray()) {
                node.withArray("shape").add(d);
            }
            node.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        ByteBuffer data = ByteBuffer.allocate(at).order(ByteOrder.LITTLE_ENDIAN);
        for (Weights.Tensor t : tensors.values()) {
            for (float v : t.values()) {
                data.putFloat(v);
            }
        }
        meta.put(HASH, HexFormat.of().formatHex(sha256().digest(data.array())));
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padding = -json.length & 7;
        ByteBuffer head = ByteBuffer.allocate(Long.BYTES + json.length + padding).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(json.length + padding).put(json);
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        WholeFile.write(file, head.flip(), data.flip());
    }

    /** Reads and checks the header. */
    static Safetensors open(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new Safetensors(file, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e, e);
        }
    }

    private Safetensors(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        long size = channel.size();
        if (size < Long.BYTES) {
            throw corrupt("has only " + size + " bytes", "cut off" + TAKE_ANOTHER);
        }
        long length = read(0, Long.BYTES).getLong();
        if (length < 2 || length > Math.min(MAX_HEADER, size - Long.BYTES)) {
            throw corrupt("byte 0: a header of " + Long.toUnsignedString(length) + " bytes cannot be in a file of " + size,
                    "cut off, or not a safetensors file" + TAKE_ANOTHER);
        }
        dataStart = Long.BYTES + length;
        dataBytes = size - dataStart;
        parse(new String(read(Long.BYTES, (int) length).array(), StandardCharsets.UTF_8));
        checkPlaces();
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /** Reads and checks the arrays. */
    Weights weights(Net net) {
        MessageDigest digest = sha256();
        Map<String, Weights.Tensor> read = new LinkedHashMap<>();
        try {
            for (Entry e : entries) {
                ByteBuffer bytes = read(dataStart + e.begin, Math.toIntExact(e.end - e.begin));
                digest.update(bytes.array());
                float[] values = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(values);
                read.put(e.name, new Weights.Tensor(e.shape, values));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e, e);
        }
        Map<String, Weights.Tensor> ordered = new LinkedHashMap<>();
        net.weights().forEach(w -> {
            if (read.containsKey(w.name())) {
                ordered.put(w.name(), read.remove(w.name()));
            }
        });
        ordered.putAll(read);
        Weights weights = new Weights(ordered);
        try {
            weights.check(net);
        } catch (IllegalArgumentException e) {
            throw new CheckpointCorrupt(file + ": " + e.getMessage() + TAKE_ANOTHER, e);
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        String noted = metadata.get(HASH);
        if (noted != null && !noted.equals(hash)) {
            throw corrupt("the arrays have SHA-256 " + hash + ", the metadata say " + noted, "damaged" + TAKE_ANOTHER
                    + " (a program that changed them on purpose must leave '" + HASH + "' out)");
        }
        return weights;
    }

    private void parse(String json) {
        JsonNode header;
        try {
            header = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(json);
        } catch (JsonProcessingException e) {
            throw new CheckpointCorrupt(file + ": byte 8: the header is not JSON: " + e.getOriginalMessage() + ": damaged, or not a "
                    + "safetensors file" + TAKE_ANOTHER, e);
        }
        if (!header.isObject()) {
            throw corrupt("byte 8: the header is not a JSON object", "damaged, or not a safetensors file" + TAKE_ANOTHER);
        }
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                metadata(field.getValue());
            } else {
                entries.add(entry(field.getKey(), field.getValue()));
            }
        }
    }

    private void metadata(JsonNode node) {
        if (!node.isObject()) {
            throw corrupt("the metadata are not a JSON object", "not as the format has it" + TAKE_ANOTHER);
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw corrupt("metadata '" + field.getKey() + "' is not a string", "not as the format has it" + TAKE_ANOTHER);
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
    }

    private Entry entry(String name, JsonNode node) {
        String dtype = node.path("dtype").asText();
        if (!dtype.equals("F32")) {
            throw corrupt("array " + name + " is of type '" + dtype + "'", "only F32 is read; convert it");
        }
        long[] dims = numbers(name, node.path("shape"), 1);
        long[] offsets = numbers(name, node.path("data_offsets"), 0);
        if (dims.length == 0 || offsets.length != 2 || offsets[1] > dataBytes || offsets[1] - offsets[0] != bytes(dims)) {
            throw corrupt("array " + name + " of shape " + node.path("shape") + " cannot lie at " + node.path("data_offsets") + " of "
                    + dataBytes + " bytes", "cut off or damaged" + TAKE_ANOTHER);
        }
        int[] shape = new int[dims.length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = (int) dims[i];
        }
        return new Entry(name, Shape.of(shape), offsets[0], offsets[1]);
    }

    /** What an array takes; -1 if it is more than a Java array can hold. */
    private static long bytes(long[] dims) {
        long bytes = Float.BYTES;
        for (long d : dims) {
            if (d > Integer.MAX_VALUE || bytes * d > Integer.MAX_VALUE) {
                return -1;
            }
            bytes *= d;
        }
        return bytes;
    }

    private long[] numbers(String name, JsonNode array, long least) {
        long[] out = new long[array.size()];
        for (int i = 0; i < out.length; i++) {
            JsonNode n = array.get(i);
            if (!n.isIntegralNumber() || !n.canConvertToLong() || n.longValue() < least) {
                throw corrupt("array " + name + ": " + array + " are not whole numbers of at least " + least, "damaged" + TAKE_ANOTHER);
            }
            out[i] = n.longValue();
        }
        return out;
    }

    /** The arrays must fill their part of the file without gap or overlap. */
    private void checkPlaces() {
        entries.sort(Comparator.comparingLong(Entry::begin));
        long at = 0;
        for (Entry e : entries) {
            if (e.begin != at) {
                throw corrupt("array " + e.name + " begins at byte " + e.begin + " of the arrays, the one before ends at " + at,
                        "damaged" + TAKE_ANOTHER);
            }
            at = e.end;
        }
        if (at != dataBytes) {
            throw corrupt("the arrays end at byte " + at + " of " + dataBytes, "damaged" + TAKE_ANOTHER);
        }
    }

    private ByteBuffer read(long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw corrupt("ends at byte " + (from + bytes.position()), "cut off while it was read" + TAKE_ANOTHER);
            }
        }
        return bytes.flip();
    }

    private CheckpointCorrupt corrupt(String what, String verdict) {
        return new CheckpointCorrupt(file + ": " + what + ": " + verdict);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be closed: " + e, e);
        }
    }
}
