package org.jengine.kernels;

import java.util.Map;
import java.util.SplittableRandom;

/**
 * What kernels share that see images as rows of channels, {@code [rows, channels]}, a row being a pixel; the device's half of it is
 * {@code channels.h}. Sums over the rows are made in two steps, so that their order is fixed: chunks of rows first, a block each, then
 * the chunks' results.
 */
public final class Channels {
    /** The most threads of a block. */
    static final int LANES = 256;
    /** Threads of a GPU that run together. */
    private static final int WARP = 32;
    /** Rows that a thread takes at a time, unrolled. */
    private static final int EACH = 8;
    /** Elements that a GPU's thread has side by side. */
    private static final int TOGETHER = 4;
    /** Bytes that a GPU's thread writes, where each element is treated by itself: many beside the channels' numbers. */
    private static final int WRITTEN = 128;
    /** Enough blocks for the largest GPUs, few enough that one thread adds up what they found. */
    private static final int MOST_CHUNKS = 128;
    /** Turns of {@link #EACH} rows below which it would not pay to start another block. */
    private static final int FEWEST_TURNS = 4;

    private Channels() {
    }

    /** How many rows a chunk should have: a good value for the size {@code chunk} of the kernels that have it. */
    public static int chunk(int rows, int channels) {
        int turn = EACH * rowsAtOnce(channels);
        int turns = (rows + turn - 1) / turn;
        return turn * Math.max(FEWEST_TURNS, (turns + MOST_CHUNKS - 1) / MOST_CHUNKS);
    }

    /**
     * The number of chunks that rows are cut into.
     *
     * @throws IllegalArgumentException if a chunk has no row
     */
    public static int chunks(int rows, int chunk) {
        if (chunk < 1) {
            throw new IllegalArgumentException("a chunk has at least one row, not " + chunk);
        }
        return (int) ((rows + chunk - 1L) / chunk);
    }

    static Map<String, String> constants() {
        return constants(EACH);
    }

    static Map<String, String> constants(int each) {
        return Map.of("EACH", Integer.toString(each), "LANES", Integer.toString(LANES));
    }

    /** Threads of a block that sums: whole rows of them, or a part of a row. */
    private static int lanes(int channels) {
        int across = (channels + LANES - 1) / LANES;
        return channels <= LANES ? LANES / channels * channels : (channels + across - 1) / across;
    }

    /** The most threads that make whole rows: none stands beyond the last channel. */
    static int threads(int channels) {
        int threads = Math.min(channels, LANES);
        while (channels % threads != 0) {
            threads--;
        }
        return threads;
    }

    /** Rows that a block's threads stand in. */
    private static int rowsAtOnce(int channels) {
        return Math.max(1, LANES / channels);
    }

    /** One thread per channel and {@link #EACH} rows. */
    static Grid rows(Args sizes) {
        return grid(sizes, (sizes.size("rows") + EACH - 1) / EACH, threads(channels(sizes)));
    }

    /** As {@link #rows(Args)}; on a GPU a thread has {@link #TOGETHER} elements side by side, as often as {@link #turns} says. */
    static Grid rows(Args sizes, Target target, DType real) {
        Grid portable = rows(sizes);
        long each = (long) TOGETHER * turns(real);
        return target == Target.PORTABLE ? portable : Grid.cover((sizes.product("rows", "channels") + each - 1) / each, LANES);
    }

    private static int turns(DType real) {
        return WRITTEN / (TOGETHER * real.bytes());
    }

    /** The macros of kernels that treat each element by itself. */
    static Map<String, String> constants(DType real, Target target) {
        return target == Target.PORTABLE ? constants() : Map.of("TURNS", Integer.toString(turns(real)));
    }

    /** A block, or a row of them side by side, per chunk. */
    static Grid chunks(Args sizes) {
        return grid(sizes, chunks(sizes.size("rows"), sizes.size("chunk")), lanes(channels(sizes)));
    }

    /**
     * As {@link #chunks(Args)}; on a GPU a thread has {@link #TOGETHER} channels side by side, where that divides their number, and blocks
     * are of whole warps where that can be: else each of them would have one that is partly idle.
     */
    static Grid chunks(Args sizes, Target target) {
        Grid portable = chunks(sizes);
        if (target == Target.PORTABLE) {
            return portable;
        }
        int channels = channels(sizes);
        int across = across(channels);
        int blocks = sideBySide(channels);
        int threads = blocks > 1 ? (across + blocks - 1) / blocks : LANES / across * across;
        for (int whole = LANES; whole > 0 && blocks == 1; whole -= WARP) {
            if (whole % across == 0) {
                threads = whole;
                break;
            }
        }
        return new Grid(portable.blocksX(), blocks, 1, threads);
    }

    /** Threads that a GPU needs for a row. */
    private static int across(int channels) {
        return channels % TOGETHER == 0 ? channels / TOGETHER : channels;
    }

    /** Blocks that a GPU's row of threads makes. */
    private static int sideBySide(int channels) {
        return (across(channels) + LANES - 1) / LANES;
    }

    private static Grid grid(Args sizes, int down, int threads) {
        int channels = channels(sizes);
        // Kernels count elements in 32 bits, and look up to one turn ahead.
        if (sizes.product("rows", "channels") > Integer.MAX_VALUE - (long) EACH * Math.max(LANES, channels)) {
            throw new IllegalArgumentException("more elements than 32 bits count");
        }
        return new Grid(down, channels <= LANES ? 1 : (channels + threads - 1) / threads, 1, threads);
    }

    private static int channels(Args sizes) {
        int channels = sizes.size("channels");
        if (channels < 1) {
            throw new IllegalArgumentException("there must be channels");
        }
        return channels;
    }

    /** Elements of a buffer: images, results of the chunks, one number per channel; the clock and the key. */
    static long elements(String buffer, Args sizes) {
        return switch (buffer) {
            case "x", "y", "dx", "dy" -> sizes.product("rows", "channels");
            case "means", "squares", "gammas", "betas", "sums" ->
                (long) chunks(sizes.size("rows"), sizes.size("chunk")) * sizes.size("channels");
            case "partials" -> 2L * chunks(sizes.size("rows"), sizes.size("chunk")) * sizes.size("channels");
            case "arrivals" -> sideBySide(sizes.size("channels"));
            case "clock" -> Clock.COUNT;
            case "key" -> 2;
            default -> sizes.size("channels");
        };
    }

    /** What a case binds for sums whose chunks the last block adds up: the counters as new memory is, or as it is in debug mode. */
    static Args.Builder partials(Setting s, Args.Builder args) {
        return args.out("partials", 2 * s.chunks() * s.channels())
                .data("arrivals", Parts.counters(sideBySide(s.channels()), s.chunks() % 2 != 0)).size("chunk", s.chunk());
    }

    /** Rows and channels to test with, and a chunk of rows that leaves rests. */
    record Setting(int rows, int channels, int chunk) {
        /**
         * One pixel; an odd batch; rests of every kind; what nets have, with several turns of {@link #EACH} rows and a rest in a chunk, and
         * with fewer chunks than rows of threads and more; one more channel than a block has threads; six blocks' worth.
         */
        static final Setting[] ALL = {new Setting(1, 5, 1), new Setting(127, 10, 127), new Setting(33, 7, 5), new Setting(203, 3, 100),
            new Setting(327, 32, 160), new Setting(140, 128, 48), new Setting(40, 257, 17), new Setting(12, 1500, 9)};

        String name() {
            return "rows" + rows + "_channels" + channels;
        }

        int chunks() {
            return Channels.chunks(rows, chunk);
        }

        Data images(DType real, SplittableRandom random, double mean, double deviation) {
            return Fill.with(real, rows * channels, () -> mean + deviation * random.nextGaussian());
        }

        /** One number per channel. */
        Data vector(SplittableRandom random, double low, double high) {
            return Fill.uniform(DType.F32, channels, random, low, high);
        }

        Args.Builder sizes(Args.Builder args) {
            return args.size("rows", rows).size("channels", channels);
        }
    }
}
