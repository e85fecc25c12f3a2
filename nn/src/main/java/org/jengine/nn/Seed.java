package org.jengine.nn;

/** A run's seed as the two words of a Philox key. */
final class Seed {
    private Seed() {
    }

    static int low(long seed) {
        return (int) seed;
    }

    static int high(long seed) {
        return (int) (seed >>> 32);
    }
}
