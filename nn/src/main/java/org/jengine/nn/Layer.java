package org.jengine.nn;

/** A layer of a net: a record that can be planned on a device. */
public interface Layer {
}
