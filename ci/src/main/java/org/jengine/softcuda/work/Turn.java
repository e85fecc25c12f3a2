package org.jengine.softcuda.work;

/**
 * One performance of an operation: the number in the order of performing, the operation's name and its stream. The checker keeps with
 * every byte which
 * turn wrote and read it last, and asks whether one turn is ordered before another.
 *
 * @param number counts from 1
 * @param name   the operation's
 * @param stream the stream's name, as reports show it
 * @param order  what is ordered before it
 */
public record Turn(int number, String name, String stream, Order order) {
    /** Knows which turns must have ended before this one could start, whatever order the streams run in. */
    @FunctionalInterface
    public interface Order {
        boolean after(int earlier);
    }
}
