package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void save() {
        file = folder.resolve("best.safetensors");
        new Checkpoint(Nets.SMALL, Weights.initial(Nets.SMALL, 7), Map.of("data", "blobs \u00e4")).save(file);
    }

    @Test
    void comesBackAsItWas() {
        Checkpoint back = Checkpoint.load(file);
        assertEquals(Nets.SMALL, back.net());
        assertEquals(Map.of("data", "blobs \u00e4"), back.metadata());
        Map<String, Weights.Tensor> saved = Weights.initial(Nets.SMALL, 7).tensors();
        assertEquals(new ArrayList<>(saved.keySet()), new ArrayList<>(back.weights().tensors().keySet()));
        saved.forEach((name, tensor) -> assertArrayEquals(tensor.values(), back.weights().tensors().get(name).values(), name));
    }

    @Test
    void isPlainSafetensors() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.getLong();
        assertEquals(0, length % 8, "arrays begin at a multiple of 8");
        String header = new String(bytes.array(), 8, (int) length, StandardCharsets.UTF_8);
        assertTrue(header.startsWith("{\"__metadata__\":{\"format\":\"jengine\",\"format_version\":\"1\","), header);
        assertTrue(header.contains("\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[8,3,3,3],\"data_offsets\":[0,864]}"), header);
        float first = Weights.initial(Nets.SMALL, 7).tensors().get("conv1.weight").values()[0];
        assertEquals(first, bytes.getFloat((int) (8 + length)));
    }

    @Test
    void replacesTheOldFileAndLeavesNothingElse() throws IOException {
        Files.writeString(folder.resolve("best.safetensors.tmp"), "left by a program that was killed");
        new Checkpoint(Nets.LINEAR, Weights.initial(Nets.LINEAR, 1), Map.of()).save(file);
        assertEquals(Nets.LINEAR, Checkpoint.load(file).net());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void aFolderThatIsNotThereIsAnErrorAndTheOldFileStays() {
        Path nowhere = folder.resolve("none").resolve("best.safetensors");
        String message = assertThrows(UncheckedIOException.class, () -> Checkpoint.load(file).save(nowhere)).getMessage();
        assertTrue(message.contains(nowhere.toString()), message);
        assertThrows(UncheckedIOException.class, () -> Checkpoint.load(nowhere));
        assertFalse(Files.exists(nowhere));
    }

    @Test
    void refusesWeightsAndMetadataThatAreNotItsOwn() {
        Weights other = Weights.initial(Nets.LINEAR, 1);
        String message = assertThrows(IllegalArgumentException.class, () -> new Checkpoint(Nets.SMALL, other, Map.of())).getMessage();
        assertEquals("net 'small' has weights conv1.weight 8x3x3x3, which are missing", message);
        assertThrows(IllegalArgumentException.class, () -> new Checkpoint(Nets.LINEAR, other, Map.of("net", "x")));
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += length < 2000 ? 1 : 97) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            String message = assertThrows(CheckpointCorrupt.class, () -> Checkpoint.load(file), "cut to " + length).getMessage();
            assertTrue(message.startsWith(file.toString()) && message.contains("take another checkpoint"), message);
        }
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        long header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        for (int bit = 0; bit < 64; bit++) {
            flipped(whole, bit);
        }
        for (int at = (int) header + 8; at < whole.length; at += 101) {
            String message = flipped(whole, at * 8 + at % 8);
            assertTrue(message.contains("SHA-256") && message.contains("damaged"), message);
        }
    }

    private String flipped(byte[] whole, int bit) throws IOException {
        byte[] copy = whole.clone();
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(file, copy);
        return assertThrows(CheckpointCorrupt.class, () -> Checkpoint.load(file), "bit " + bit).getMessage();
    }

    @Test
    void faultsInTheHeaderAreNamed() throws IOException {
        fault("header is not JSON", h -> h.replaceFirst("\\{", "["));
        fault("header is not JSON", h -> h.replaceFirst("conv1.bias", "conv1.weight"));
        fault("header is not JSON", h -> h.trim() + " {}");
        fault("header is not a JSON object", h -> "[]");
        fault("array conv1.bias of shape [8] cannot lie at [864,900]", h -> h.replace("[864,896]", "[864,900]"));
        fault("array conv1.bias begins at byte 832 of the arrays, the one before ends at 864", h -> h.replace("[864,896]", "[832,864]"));
        fault("cannot lie at [896,864]", h -> h.replace("[864,896]", "[896,864]"));
        fault("not whole numbers of at least 0", h -> h.replace("[864,896]", "[-864,896]"));
        fault("not whole numbers of at least 0", h -> h.replace("[864,896]", "[864.5,896]"));
        fault("cannot lie at [864]", h -> h.replace("[864,896]", "[864]"));
        fault("array conv1.weight is of type 'F16'", h -> h.replaceFirst("F32", "F16"));
        fault("array conv1.weight of shape [8,3,3,4] cannot lie", h -> h.replace("[8,3,3,3]", "[8,3,3,4]"));
        fault("of shape [1073741824,1073741824,4]", h -> h.replace("[8,3,3,3]", "[1073741824,1073741824,4]"));
        fault("of shape []", h -> h.replace("[8,3,3,3]", "[]"));
        fault("has weights conv1.weight of shape 8x3x3x3, these are of shape 8x9x3", h -> h.replace("[8,3,3,3]", "[8,9,3]"));
        fault("has weights conv1.weight 8x3x3x3, which are missing", h -> h.replace("conv1.weight", "conv9.weight"));
        fault("format_version is 2, this program reads 1; load it with the version",
                h -> h.replace("_version\":\"1\"", "_version\":\"2\""));
        fault("no layer 'Convolution'", h -> h.replace("\\\"Conv\\\"", "\\\"Convolution\\\""));
        fault("metadata 'data' is not a string", h -> h.replace("\"blobs \u00e4\"", "1"));
        fault("metadata are not a JSON object", h -> h.replaceFirst("\"__metadata__\":.*?,\"conv1.w", "\"__metadata__\":[],\"conv1.w"));
    }

    @Test
    void aFileOfAnotherProgramIsCalledSo() throws IOException {
        Map<String, Weights.Tensor> tensors = new LinkedHashMap<>(Weights.initial(Nets.SMALL, 7).tensors());
        Safetensors.write(file, Map.of("format", "pt"), tensors);
        String message = assertThrows(CheckpointCorrupt.class, () -> Checkpoint.load(file)).getMessage();
        assertTrue(message.contains("written by another program"), message);
    }

    @Test
    void anotherProgramMayChangeTheArrays() throws IOException {
        edit(h -> h.replaceFirst(",\"sha256\":\"[0-9a-f]*\"", ""));
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, 3.5f);
        Files.write(file, bytes);
        float[] bias = Checkpoint.load(file).weights().tensors().get("dense2.bias").values();
        assertEquals(3.5f, bias[bias.length - 1]);
    }

    private void fault(String part, UnaryOperator<String> change) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        edit(change);
        String message = assertThrows(CheckpointCorrupt.class, () -> Checkpoint.load(file), part).getMessage();
        assertTrue(message.contains(part), message);
        Files.write(file, whole);
    }

    private void edit(UnaryOperator<String> change) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
        String changed = change.apply(header);
        assertFalse(changed.equals(header), "the edit changes nothing");
        byte[] json = changed.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(8 + json.length + bytes.capacity() - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(json.length).put(json).put(bytes.array(), 8 + length, bytes.capacity() - 8 - length);
        Files.write(file, out.array());
    }
}
