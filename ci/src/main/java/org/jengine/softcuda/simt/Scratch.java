package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.simt.alu.Kind;
import org.jengine.softcuda.simt.alu.Values;

/** A block's arrays for what lives no longer than a step. */
final class Scratch {
    private final int lanes;
    private final long[] offsets;
    private final long[] addresses;
    private final int[] places;
    private final Map<Kind, List<Values>> spare = new EnumMap<>(Kind.class);
    private final Values[][] picked = new Values[64][];

    Scratch(int lanes) {
        this.lanes = lanes;
        offsets = new long[lanes];
        addresses = new long[lanes];
        places = new int[lanes];
    }

    long[] offsets() {
        return offsets;
    }

    long[] addresses() {
        return addresses;
    }

    int[] places() {
        return places;
    }

    Values[] like(Values[] wanted) {
        Values[] made = picked[wanted.length];
        if (made == null) {
            made = new Values[wanted.length];
            picked[wanted.length] = made;
        }
        for (int k = 0; k < made.length; k++) {
            List<Values> list = spare.computeIfAbsent(Lanes.kind(wanted[k]), kind -> new ArrayList<>());
            while (list.size() <= k) {
                list.add(Values.of(Lanes.kind(wanted[k]), lanes));
            }
            made[k] = list.get(k);
        }
        return made;
    }
}
