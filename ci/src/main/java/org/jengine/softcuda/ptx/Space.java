package org.jengine.softcuda.ptx;

import java.util.Locale;

/** The state spaces in which variables lie. */
public enum Space {
    GLOBAL, CONST, SHARED, LOCAL, PARAM;

    /** The space of a directive or modifier without its dot, as in "global", or null if it is none. */
    static Space of(String word) {
        for (Space space : values()) {
            if (space.name().toLowerCase(Locale.ROOT).equals(word)) {
                return space;
            }
        }
        return null;
    }
}
