package org.jengine.runtime.spi;

import org.lwjgl.system.Configuration;

/** What LWJGL must be told before it is used first. */
public final class Lwjgl {
    /** The first Java whose foreign-memory interface LWJGL can use; the older way it would prefer makes that Java print warnings. */
    private static final int FOREIGN_MEMORY = 25;

    private Lwjgl() {
    }

    /** To be called by a class that uses LWJGL when it is loaded; a choice that was made before stays. */
    public static void prepare() {
        if (Runtime.version().feature() >= FOREIGN_MEMORY && Configuration.MEMORY_BACKEND.get() == null) {
            Configuration.MEMORY_BACKEND.set("ffm");
        }
    }
}
