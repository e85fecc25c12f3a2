package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jengine.runtime.Event;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.Test;

class PacerTest {
    /** Steps queued and not waited for; waiting takes as long as the steps would. */
    private final Deque<Integer> inFlight = new ArrayDeque<>();
    private final List<Integer> slices = new ArrayList<>();
    private int unrecorded;
    private int deepest;
    private double stepSeconds;
    private int grain = 1;

    @Test
    void queuesEveryStepAndStaysTwoSlicesDeep() {
        stepSeconds = 1e-5;
        List<Integer> done = new ArrayList<>();
        assertTrue(pacer().run(20_000, new CancelToken(), this::queue, done::add));
        assertEquals(20_000, slices.stream().mapToInt(i -> i).sum());
        assertTrue(deepest <= 2, "slices in flight: " + deepest);
        assertTrue(inFlight.size() <= 2, "what was not waited for: " + inFlight);
        for (int i = 1; i < done.size(); i++) {
            assertTrue(done.get(i) > done.get(i - 1));
        }
        assertTrue(slices.stream().anyMatch(n -> n > 500), "slices grow where steps are short: " + slices);
    }

    @Test
    void whatGoesBestTogetherIsNotParted() {
        stepSeconds = 1e-5;
        grain = 30;
        assertTrue(pacer().run(19_990, new CancelToken(), this::queue, done -> { }));
        List<Integer> whole = slices.stream().filter(n -> n >= grain).toList();
        assertTrue(whole.size() > 2, slices.toString());
        assertTrue(whole.subList(0, whole.size() - 1).stream().allMatch(n -> n % grain == 0), slices.toString());
    }

    @Test
    void longStepsGoOneByOne() {
        stepSeconds = 0.06;
        assertTrue(pacer().run(5, new CancelToken(), this::queue, done -> { }));
        assertEquals(List.of(1, 1, 1, 1, 1), slices);
    }

    @Test
    void cancelledRunsQueueNoMore() {
        stepSeconds = 1e-5;
        CancelToken token = new CancelToken();
        assertFalse(pacer().run(1_000_000, token, this::queue, done -> token.cancel()));
        assertEquals(2, slices.size());
        assertTrue(inFlight.isEmpty(), "what was queued was waited for");
        assertFalse(pacer().run(10, token, this::queue, done -> { }));
        assertEquals(2, slices.size());
    }

    private void queue(int steps) {
        slices.add(steps);
        unrecorded = steps;
    }

    private Pacer pacer() {
        Stream stream = (Stream) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Stream.class}, (p, method, args) -> {
            switch (method.getName()) {
                case "record" -> {
                    inFlight.add(unrecorded);
                    deepest = Math.max(deepest, inFlight.size());
                }
                case "synchronize" -> {
                    while (!inFlight.isEmpty()) {
                        finishOne();
                    }
                }
                default -> throw new AssertionError(method);
            }
            return null;
        });
        Event event = (Event) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Event.class}, (p, method, args) -> {
            assertEquals("synchronize", method.getName());
            finishOne();
            return null;
        });
        return new Pacer(stream, event, event, grain);
    }

    private void finishOne() {
        long end = System.nanoTime() + (long) (inFlight.remove() * stepSeconds * 1e9);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
