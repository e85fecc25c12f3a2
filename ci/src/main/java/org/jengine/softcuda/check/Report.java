package org.jengine.softcuda.check;

import java.util.Locale;

/**
 * Something the program did that a GPU would punish, now or on another day.
 *
 * @param rule    which rule was broken
 * @param message what happened, in one line
 * @param where   where it happened: the kernel with its lines and thread, or the call; several lines where two sides are at fault
 */
public record Report(Rule rule, String message, String where) {
    /** What is checked. A fatal one ends the context with an error that sticks, as on a GPU. */
    public enum Rule {
        OUT_OF_BOUNDS(true), MISALIGNED(true), USE_AFTER_FREE(true), HOST_POINTER(true), DEVICE_POINTER(false), UNINITIALISED(false),
        SHARED_RACE(false), GLOBAL_RACE(false), BARRIER_DIVERGENCE(true), STREAM_ORDER(false), HOST_ORDER(false), FREED_WHILE_QUEUED(false),
        CAPTURE(false), DEAD_HANDLE(false), LEAK(false), ILLEGAL_INSTRUCTION(true), STUCK(true);

        private final boolean fatal;

        Rule(boolean fatal) {
            this.fatal = fatal;
        }

        public boolean fatal() {
            return fatal;
        }
    }

    /** As the terminal shows it. */
    public String text() {
        String name = rule.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return "softcuda: " + name + ": " + message + "\n    " + where.replace("\n", "\n    ");
    }
}
