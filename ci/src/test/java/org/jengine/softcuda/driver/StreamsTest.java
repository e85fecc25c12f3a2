package org.jengine.softcuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random programs of streams and events against a model that knows for each operation all that come before it. */
class StreamsTest {
    private static final int STEPS = 120;
    private static final int PROGRAMS = 60;

    /** What comes before an operation, by the words of the CUDA documentation, kept as plain sets. */
    private static final class Model {
        private final Map<Stream, BitSet> streams = new HashMap<>();
        private final Map<Event, BitSet> events = new HashMap<>();
        private final BitSet host = new BitSet();
        private final List<BitSet> before = new ArrayList<>();

        private BitSet of(Stream stream) {
            return streams.computeIfAbsent(stream, key -> new BitSet());
        }

        /** What an operation or a mark in the stream comes after; the null stream and blocking ones wait for each other. */
        private BitSet next(Stream stream, Context context) {
            BitSet set = (BitSet) of(stream).clone();
            set.or(host);
            for (Stream other : context.allStreams()) {
                boolean waits = stream.kind() == Stream.Kind.LEGACY ? other.kind() == Stream.Kind.BLOCKING
                        : stream.kind() == Stream.Kind.BLOCKING && other.kind() == Stream.Kind.LEGACY;
                if (waits) {
                    set.or(done(other));
                }
            }
            return set;
        }

        /** What had been asked of a stream: waits that nothing has followed yet are not part of it. */
        private BitSet done(Stream stream) {
            return asked.computeIfAbsent(stream, key -> new BitSet());
        }

        private final Map<Stream, BitSet> asked = new HashMap<>();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void operationsComeAfterWhatTheyWaitForAndKnowIt(long start) {
        for (long seed = start * PROGRAMS; seed < (start + 1) * PROGRAMS; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        Rig rig = new Rig(seed);
        Model model = new Model();
        List<Stream> streams = new ArrayList<>(List.of(rig.context.legacy()));
        for (Stream.Kind kind : List.of(Stream.Kind.BLOCKING, Stream.Kind.BLOCKING, Stream.Kind.NON_BLOCKING, Stream.Kind.NON_BLOCKING)) {
            streams.add(rig.stream(kind));
        }
        List<Event> events = List.of(new Event(rig.context, true, "first"), new Event(rig.context, true, "second"));
        List<Rig.Note> notes = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            Stream stream = streams.get(random.nextInt(streams.size()));
            Event event = events.get(random.nextInt(events.size()));
            switch (random.nextInt(8)) {
                case 0 -> {
                    rig.streams.record("a call", event, stream);
                    BitSet all = model.next(stream, rig.context);
                    model.events.put(event, all);
                    model.streams.put(stream, (BitSet) all.clone());
                    model.asked.put(stream, (BitSet) all.clone());
                }
                case 1, 2 -> {
                    rig.streams.await("a call", stream, event);
                    model.of(stream).or(model.events.getOrDefault(event, new BitSet()));
                }
                case 3 -> {
                    if (random.nextInt(4) == 0) {
                        rig.streams.finish(stream);
                        BitSet all = (BitSet) model.of(stream).clone();
                        if (stream.kind() == Stream.Kind.LEGACY) {
                            rig.context.streams().stream().filter(other -> other.kind() == Stream.Kind.BLOCKING)
                                    .forEach(other -> all.or(model.done(other)));
                        }
                        model.host.or(all);
                        all.stream().forEach(number -> assertTrue(notes.get(number).done(), "finished"));
                    }
                }
                default -> {
                    BitSet all = model.next(stream, rig.context);
                    model.before.add(all);
                    BitSet then = (BitSet) all.clone();
                    then.set(notes.size());
                    model.streams.put(stream, then);
                    model.asked.put(stream, (BitSet) then.clone());
                    notes.add(rig.submit(stream, "operation " + notes.size()));
                }
            }
        }
        rig.streams.finish(rig.context);
        judge(seed, rig, model, notes);
    }

    private static void judge(long seed, Rig rig, Model model, List<Rig.Note> notes) {
        assertEquals(notes.size(), rig.order.size(), "seed " + seed);
        for (int i = 0; i < notes.size(); i++) {
            for (int k = 0; k < i; k++) {
                String pair = "seed " + seed + ": " + notes.get(k) + " before " + notes.get(i);
                boolean before = model.before.get(i).get(k);
                assertEquals(before, notes.get(i).turn().order().after(notes.get(k).turn().number()), pair);
                assertTrue(!before || notes.get(k).turn().number() < notes.get(i).turn().number(), pair);
            }
        }
    }

    @Test
    void seedsGiveDifferentOrdersAndTheSameSeedTheSame() {
        Set<String> orders = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            String once = order(seed);
            assertEquals(once, order(seed));
            orders.add(once);
        }
        assertTrue(orders.size() > 10, orders.size() + " orders of 20 seeds");
    }

    private static String order(long seed) {
        Rig rig = new Rig(seed);
        for (int i = 0; i < 3; i++) {
            Stream stream = rig.stream(Stream.Kind.NON_BLOCKING);
            rig.submit(stream, stream + " first");
            rig.submit(stream, stream + " second");
        }
        rig.streams.finish(rig.context);
        return rig.order.toString();
    }

    @Test
    void someWorkIsDoneAtOnceAndSomeWaits() {
        int done = 0;
        for (long seed = 0; seed < 100; seed++) {
            Rig rig = new Rig(seed);
            done += rig.submit(rig.stream(Stream.Kind.BLOCKING), "one").done() ? 1 : 0;
        }
        assertTrue(done > 10 && done < 90, done + " of 100");
    }

    @Test
    void aBrokenContextDoesNothingMore() {
        Rig rig = new Rig(0);
        Stream stream = rig.stream(Stream.Kind.NON_BLOCKING);
        rig.context.breakWith(Status.ILLEGAL_ADDRESS);
        Rig.Note note = rig.submit(stream, "one");
        rig.streams.finish(rig.context);
        assertFalse(note.done());
        rig.context.breakWith(Status.MISALIGNED_ADDRESS);
        assertEquals(Status.ILLEGAL_ADDRESS, rig.context.broken(), "the first fault stays");
    }
}
