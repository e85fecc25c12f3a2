package org.jengine.softcuda.ptx;

import java.util.List;

/**
 * A variable of any space; a parameter too.
 *
 * @param align    in bytes
 * @param type     of an element
 * @param bytes    of the whole; 0 if the declaration leaves it open, as dynamic shared memory does
 * @param external whether another module or the launch makes it
 * @param initial  the elements' values from the start on, or null if it starts as zeros
 */
public record Variable(String name, Space space, int align, Type type, long bytes, boolean external, List<Value> initial, int line)
        implements Symbol {
    /**
     * An element's start value: bits, or the address of a symbol.
     *
     * @param symbol  null for a plain number
     * @param bits    the number, or what is added to the address
     * @param generic whether the address is the generic one
     */
    public record Value(String symbol, long bits, boolean generic) {
    }
}
