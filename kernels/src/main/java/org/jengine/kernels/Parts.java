package org.jengine.kernels;

import java.util.Map;

/**
 * Sums that several blocks of a launch make in parts. The last block to come adds them up, always in the same order; which needs a device
 * whose blocks see what others wrote before they counted themselves. Besides its result such a kernel has {@code partials F32}, where the
 * blocks leave their parts, and {@code arrivals I32}, where they count: 0 or all ones before, 0 afterwards.
 */
final class Parts {
    /** Parts that are added up at a time: as many blocks find their last one, then the groups do. As {@code GROUP} of the kernel text. */
    static final int GROUP = 16;

    /** In a block. */
    static final int THREADS = 256;

    private Parts() {
    }

    /**
     * Elements of the two buffers.
     *
     * @param sums  tiles, each of which is a sum of so many parts
     * @param count numbers of a tile
     * @return 1 for one part, which needs neither
     */
    static long elements(String buffer, long sums, int parts, long count) {
        if (parts == 1) {
            return 1;
        }
        int groups = (parts + GROUP - 1) / GROUP;
        return buffer.equals("partials") ? sums * parts * count : sums * (groups == 1 ? 1 : groups + 1);
    }

    /** What the last blocks leave in the counters, if the kernel's {@code parts} are more than one. */
    static void arrive(Args a) {
        if (a.size("parts") > 1) {
            clear(a);
        }
    }

    /** What the last blocks leave in the counters. */
    static void clear(Args a) {
        Data arrivals = a.data("arrivals");
        for (int i = 0; i < arrivals.count(); i++) {
            arrivals.set(i, 0);
        }
    }

    /** Counters as new memory has them, or as they are in debug mode. */
    static Data counters(int count, boolean debug) {
        Data arrivals = Data.of(DType.I32, count);
        return debug ? arrivals.poison() : arrivals;
    }

    /** @throws IllegalArgumentException if there is no part, or one would be empty */
    static void require(int parts, int most) {
        if (parts < 1 || parts > most) {
            throw new IllegalArgumentException("a sum of " + most + " steps has no " + parts + " parts");
        }
    }

    /** The macros of a tile. */
    static Map<String, String> constants(int edge) {
        return Map.of("VARIANT", "s" + edge, "EDGE", Integer.toString(edge), "EDGE_" + edge, "1");
    }

    /** The arguments of a case with these buffers: the counters as new memory is, or as it is in debug mode. */
    static Args complete(Args.Builder args, int parts, long sums, long count) {
        return args.out("partials", Math.toIntExact(elements("partials", sums, parts, count)))
                .data("arrivals", counters(Math.toIntExact(elements("arrivals", sums, parts, count)), parts % 2 != 0)).build();
    }
}
