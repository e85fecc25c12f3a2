package org.jengine.runtime.portable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Matmul;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Tile;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on the host, where every tile is the reference and any may win; what counts is when there is a search and what is kept. */
class TunerTest {
    private static final List<Tile> TILES = List.of(Tile.ALONE.get(0), Tile.ALONE.get(1));
    private static final List<Object> SIZES = List.of(1, 1, 1, 4, 1, 1, 16, 1, 1, 0, 0, 0, 16);
    private static final double MUCH = 1e9;

    private final Device device = Devices.open("host", DeviceRequest.first().withThreads(1));
    private final List<Tile> tried = new ArrayList<>();

    @TempDir
    private Path cache;

    @AfterEach
    void close() {
        device.close();
    }

    private Tile pick(Path folder, double flops) {
        return pickBy(new Tuner(device, folder), flops);
    }

    private Tile pickBy(Tuner tuner, double flops) {
        tried.clear();
        Function<Tile, KernelDef> make = t -> {
            tried.add(t);
            return Matmul.bwd(DType.F32, t);
        };
        Tile tile = tuner.pick("4 to 16", TILES, make, SIZES, flops);
        assertEquals(Map.of("matmul_bwd_f32 4 to 16", tile.name()), tuner.choices());
        assertEquals(tile, tuner.pick("4 to 16", TILES, make, SIZES, flops));
        return tile;
    }

    private boolean searched() {
        return tried.contains(TILES.get(1));
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.get(0);
        }
    }

    @Test
    void whatWasFoundIsNotSearchedAgain() throws IOException {
        Tile found = pick(cache, MUCH);
        assertTrue(searched());
        assertEquals(found, pick(cache, MUCH));
        assertFalse(searched());
        // The file decides, not the clock.
        Tile other = TILES.get(1 - TILES.indexOf(found));
        Files.writeString(onlyFile(), Files.readString(onlyFile()).replace("=" + found.name(), "=" + other.name()));
        assertEquals(other, pick(cache, MUCH));
        assertFalse(searched());
    }

    @Test
    void anUnknownTileOrADamagedFileIsSearchedAnew() throws IOException {
        Tile found = pick(cache, MUCH);
        Files.writeString(onlyFile(), Files.readString(onlyFile()).replace("=" + found.name(), "=r9x99"));
        pick(cache, MUCH);
        assertTrue(searched());
        Files.writeString(onlyFile(), "\\u00zz");
        pick(cache, MUCH);
        assertTrue(searched());
        pick(cache, MUCH);
        assertFalse(searched(), "the damaged file is replaced");
    }

    @Test
    void aFolderThatCannotBeWrittenToCostsTimeOnly() throws IOException {
        Path file = Files.writeString(cache.resolve("a file"), "in the way");
        pick(file.resolve("folder"), MUCH);
        assertTrue(searched());
        pick(null, MUCH);
        assertTrue(searched());
    }

    @Test
    void littleWorkIsNotSearchedFor() throws IOException {
        assertEquals(TILES.get(0), pick(cache, 1000));
        assertFalse(searched());
        try (Stream<Path> files = Files.list(cache)) {
            assertEquals(0, files.count());
        }
    }

    private String way(Tuner tuner, double flops) {
        Map<String, Function<Arena, Launch>> ways = new LinkedHashMap<>();
        ways.put("slow", arena -> relu(arena, 1 << 22));
        ways.put("quick", arena -> relu(arena, 4));
        String way = tuner.pick("a product", "v1", ways, "slow", flops);
        assertEquals(Map.of("a product", way), tuner.choices());
        return way;
    }

    private Launch relu(Arena arena, int count) {
        Slice x = arena.take("x", Shape.of(count), DType.F32);
        return device.kernel(Relu.fwd(DType.F32)).bind(x, x, count);
    }

    @Test
    void theQuickerWayIsTakenAndKept() throws IOException {
        assertEquals("quick", way(new Tuner(device, cache), MUCH));
        // The file decides, not the clock.
        Files.writeString(onlyFile(), Files.readString(onlyFile()).replace("=quick", "=slow"));
        assertEquals("slow", way(new Tuner(device, cache), MUCH));
        Files.writeString(onlyFile(), Files.readString(onlyFile()).replace("=slow", "=unknown"));
        assertEquals("quick", way(new Tuner(device, cache), MUCH));
    }

    @Test
    void waysAreNotTriedForLittleWorkNorWithoutASearch() {
        assertEquals("slow", way(new Tuner(device, cache), 1000));
        assertEquals("slow", way(new Tuner(device, cache, false), MUCH));
    }

    @Test
    void aSimulatorIsNotSearchedAndItsFolderNotRead() throws IOException {
        Tile found = pick(cache, MUCH);
        Tile other = TILES.get(1);
        Files.writeString(onlyFile(), Files.readString(onlyFile()).replace("=" + found.name(), "=" + other.name()));
        assertEquals(TILES.get(0), pickBy(new Tuner(device, cache, false), MUCH));
        assertFalse(searched());
    }
}
