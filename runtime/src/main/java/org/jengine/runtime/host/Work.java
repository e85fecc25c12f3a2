package org.jengine.runtime.host;

/** Something cut into parts that may run at the same time on different lanes. */
abstract class Work {
    private final int parts;

    Work(int parts) {
        this.parts = parts;
    }

    final int parts() {
        return parts;
    }

    /** Called once when all addresses are known, before the first run. */
    void link(Lanes lanes) {
    }

    /** Runs one part. Allocates nothing. */
    abstract void run(int part, Lane lane);
}
