package org.jengine.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a kernel of the matrix product family cuts its result: one of several ways that give the same sums, of which a device's
 * plan takes the quickest.
 *
 * @param form    who computes a tile
 * @param rows    rows of a tile
 * @param cols    columns of a tile; {@link Form#REGISTER} tiles need at least as many in the result, or in the padded rows that they read
 * @param repeat  tiles below each other that one thread computes; 1 for {@link Form#SHARED}
 * @param threads in a block
 */
public record Tile(Form form, int rows, int cols, int repeat, int threads) {
    /** Who computes a tile. */
    public enum Form {
        /** One thread in its registers, without a barrier. */
        REGISTER,
        /** A block of 256 threads out of shared memory. */
        SHARED
    }

    /** For CPUs: blocks of one thread. Which fits depends on the vector registers: 6x16 fills those of AVX2, 8x32 those of AVX-512. */
    public static final List<Tile> ALONE = List.of(alone(6, 16), alone(4, 16), alone(8, 32), alone(6, 8), alone(4, 4), alone(1, 1));

    /** For GPUs. */
    public static final List<Tile> BLOCKS = List.of(shared(64, 64), shared(32, 32));

    public Tile {
        Objects.requireNonNull(form);
        if (form == Form.SHARED && (rows % 16 != 0 || cols % 16 != 0 || repeat != 1 || threads != 256)) {
            throw new IllegalArgumentException("a shared tile is computed by 16 x 16 threads: " + rows + "x" + cols);
        }
    }

    private static Tile alone(int rows, int cols) {
        return new Tile(Form.REGISTER, rows, cols, 4, 1);
    }

    private static Tile shared(int rows, int cols) {
        return new Tile(Form.SHARED, rows, cols, 1, 256);
    }

    /** As in {@code r6x16}, {@code t4x4} where threads in blocks do the same, or {@code s64x64}: what kernel names call it. */
    public String name() {
        String kind = form == Form.SHARED ? "s" : threads == 1 ? "r" : "t";
        return kind + rows + "x" + cols;
    }

    /** Whether a result of so many columns can be cut this way. */
    public boolean fits(int resultCols) {
        return form == Form.SHARED || resultCols >= cols;
    }

    /** Tiles across a result. */
    int across(int resultCols) {
        return (resultCols + cols - 1) / cols;
    }

    /** Blocks below each other for a result of so many rows. */
    int blocksDown(long resultRows) {
        long each = (long) rows * repeat * (form == Form.SHARED ? 1 : threads);
        return Math.toIntExact((resultRows + each - 1) / each);
    }

    /** Macros for the kernel text. */
    Map<String, String> constants() {
        Map<String, String> constants = new LinkedHashMap<>();
        constants.put("VARIANT", name());
        constants.put("FORM_" + form, "1");
        constants.put("TILE_ROWS", Integer.toString(rows));
        constants.put("TILE_COLS", Integer.toString(cols));
        constants.put("TILE_REPEAT", Integer.toString(repeat));
        return constants;
    }
}
