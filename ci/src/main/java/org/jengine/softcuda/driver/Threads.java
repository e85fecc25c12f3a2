package org.jengine.softcuda.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** What the driver keeps for each thread of the program: its stack of contexts, and how it wants captures to bind it. */
final class Threads {
    private static final class Own {
        private final Deque<Context> contexts = new ArrayDeque<>();
        private Capture.Mode mode = Capture.Mode.GLOBAL;
    }

    private final Map<Integer, Own> threads = new HashMap<>();

    private Own own(int thread) {
        return threads.computeIfAbsent(thread, key -> new Own());
    }

    /** The context that is current to the thread, or null. */
    Context current(int thread) {
        return own(thread).contexts.peek();
    }

    void push(int thread, Context context) {
        own(thread).contexts.push(context);
    }

    /** Takes the current one; null if there is none. */
    Context pop(int thread) {
        return own(thread).contexts.poll();
    }

    /** Puts one in the place of the current one; null takes that away. */
    void set(int thread, Context context) {
        own(thread).contexts.poll();
        if (context != null) {
            own(thread).contexts.push(context);
        }
    }

    Capture.Mode mode(int thread) {
        return own(thread).mode;
    }

    void mode(int thread, Capture.Mode mode) {
        own(thread).mode = mode;
    }
}
