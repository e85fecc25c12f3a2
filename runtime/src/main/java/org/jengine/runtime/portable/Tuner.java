package org.jengine.runtime.portable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jengine.kernels.Args;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.KernelSource;
import org.jengine.kernels.Param;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Tile;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.Event;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;

/**
 * Picks the quickest tile for a kernel at given sizes, by trying: once per device, driver and kernel text, and never again, since what was
 * found is kept in a file. All tiles give the same sums up to their rounding.
 */
public final class Tuner {
    /** Work that is done before a search would be: floating-point operations. */
    private static final double WORTH_IT = 2e6;
    private static final int ROUNDS = 7;
    /** A tile that is this many times slower than the best so far is not tried again. */
    private static final double HOPELESS = 2;

    private final Device device;
    private final TuningFile file;
    private final boolean search;
    private final Map<String, String> choices = new TreeMap<>();
    private final Map<String, String> pickedWays = new TreeMap<>();

    /**
     * A tuner for one device.
     *
     * @param cache folder in which outcomes are kept; null to keep none
     */
    public Tuner(Device device, Path cache) {
        this(device, cache, true);
    }

    /**
     * A tuner for a device whose times may mean nothing, as those of a simulator.
     *
     * @param search whether tiles are tried, and what was found before is used; if not, the likeliest is taken
     */
    public Tuner(Device device, Path cache, boolean search) {
        this.device = device;
        this.file = cache == null || !search ? null : new TuningFile(cache, device.info());
        this.search = search;
    }

    /**
     * The tile to use. It is searched for one batch size and taken for all, so that the last batch of an epoch costs no search.
     *
     * @param shape what the kernel works on, without the number of images
     * @param tiles those that fit, the likeliest first
     * @param make  the kernel for a tile
     * @param sizes the arguments of a launch that are no buffers, in order
     * @param flops floating-point operations of one launch
     */
    synchronized Tile pick(String shape, List<Tile> tiles, Function<Tile, KernelDef> make, List<Object> sizes, double flops) {
        KernelDef first = make.apply(tiles.get(0));
        String what = first.entry().replace("_" + tiles.get(0).name(), "") + " " + shape;
        Optional<Tile> picked = named(tiles, choices.get(what));
        Tile tile = picked.isPresent() ? picked.get() : found(what, first, tiles, make, sizes, flops);
        choices.put(what, tile.name());
        return tile;
    }

    private Tile found(String what, KernelDef first, List<Tile> tiles, Function<Tile, KernelDef> make, List<Object> sizes, double flops) {
        // Another text may have another best tile.
        String key = what + " " + KernelSource.hashOfAll(first).substring(0, 12);
        Optional<Tile> known = file == null ? Optional.empty() : named(tiles, file.get(key));
        if (known.isPresent()) {
            return known.get();
        }
        if (tiles.size() == 1 || flops < WORTH_IT || !search) {
            return tiles.get(0);
        }
        Tile quickest = quickest(first, tiles, make, sizes);
        if (file != null) {
            file.put(key, quickest.name());
        }
        return quickest;
    }

    /**
     * The quickest of several ways to do the same. It is searched for one batch size and taken for all.
     *
     * @param what    names the operation with its sizes, without the number of images
     * @param version changes with what the ways are made of
     * @param ways    by name; each binds its launch to buffers that it takes from the arena
     * @param untried the way to take where none is tried
     * @param flops   floating-point operations of one launch
     */
    public synchronized String pick(String what, String version, Map<String, Function<Arena, Launch>> ways, String untried, double flops) {
        String key = what + " " + version;
        String way = pickedWays.containsKey(what) ? pickedWays.get(what) : file == null ? null : file.get(key);
        if (!ways.containsKey(way)) {
            way = flops < WORTH_IT || !search ? untried : quickest(ways);
            if (file != null && flops >= WORTH_IT) {
                file.put(key, way);
            }
        }
        pickedWays.put(what, way);
        say(what, way);
        return way;
    }

    /** Has more said of an operation than the name of the way that was picked for it. */
    public synchronized void say(String what, String text) {
        choices.put(what, text);
    }

    private String quickest(Map<String, Function<Arena, Launch>> ways) {
        List<Arena> arenas = new ArrayList<>();
        try (Stream stream = device.stream("tuning"); Event start = device.event(); Event end = device.event()) {
            List<Launch> launches = new ArrayList<>();
            for (Function<Arena, Launch> way : ways.values()) {
                Arena arena = device.arena("tuning");
                arenas.add(arena);
                launches.add(way.apply(arena));
                arena.seal();
                launches.get(launches.size() - 1).on(stream);
            }
            stream.synchronize();
            return List.copyOf(ways.keySet()).get(quickest(launches, stream, start, end));
        } finally {
            arenas.forEach(Arena::close);
        }
    }

    private static Optional<Tile> named(List<Tile> tiles, String name) {
        return tiles.stream().filter(t -> t.name().equals(name)).findFirst();
    }

    /** Whether it tries several ways, so that it pays to make them. */
    public boolean searches() {
        return search;
    }

    /** What was picked so far: the operation with its sizes, and the tile or way. */
    synchronized Map<String, String> choices() {
        return new TreeMap<>(choices);
    }

    private Tile quickest(KernelDef first, List<Tile> tiles, Function<Tile, KernelDef> make, List<Object> sizes) {
        List<Param> buffers = first.params().stream().filter(p -> p.role().isBuffer()).toList();
        Object[] args = new Object[first.params().size()];
        for (int i = 0; i < sizes.size(); i++) {
            args[buffers.size() + i] = sizes.get(i);
        }
        try (Arena arena = device.arena("tuning"); Stream stream = device.stream("tuning"); Event start = device.event();
             Event end = device.event()) {
            for (int i = 0; i < buffers.size(); i++) {
                Param p = buffers.get(i);
                args[i] = arena.take(p.name(), Shape.of(Math.toIntExact(elements(first, p.name(), sizes))), p.type());
            }
            arena.seal();
            List<Launch> launches = new ArrayList<>();
            for (Tile tile : tiles) {
                Launch launch = device.kernel(make.apply(tile)).bind(args);
                // The first launch may compile.
                launch.on(stream);
                launches.add(launch);
            }
            stream.synchronize();
            return tiles.get(quickest(launches, stream, start, end));
        }
    }

    /** In turn, so that what else the machine does hits all; each counts by its least. */
    private static int quickest(List<Launch> launches, Stream stream, Event start, Event end) {
        double[] least = new double[launches.size()];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        int best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < least.length; i++) {
                if (round == 0 || least[i] < HOPELESS * least[best]) {
                    stream.record(start);
                    launches.get(i).on(stream);
                    stream.record(end);
                    stream.synchronize();
                    least[i] = Math.min(least[i], end.secondsSince(start));
                    best = least[i] < least[best] ? i : best;
                }
            }
        }
        return best;
    }

    private static long elements(KernelDef def, String buffer, List<Object> sizes) {
        Map<String, Integer> named = new TreeMap<>();
        int at = 0;
        for (Param p : def.params()) {
            if (p.role() == Param.Role.SIZE) {
                named.put(p.name(), (Integer) sizes.get(at));
            }
            at += p.role().isBuffer() ? 0 : 1;
        }
        return def.elements(buffer, Args.sizes(def, named));
    }
}
