package org.jengine.softcuda.count;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the reports of several processes together: rows of one name become one. */
final class Merge {
    private static final String SHAPE = "shape";
    private static final String NAME = "name";

    private Merge() {
    }

    /** Sums two reports as {@link Counter#report} makes them; of names and shapes the second one's stay. */
    static Map<String, Object> sum(Map<?, ?> a, Map<?, ?> b) {
        Map<String, Object> made = new LinkedHashMap<>();
        a.forEach((key, value) -> made.put((String) key, value));
        b.forEach((key, value) -> made.merge((String) key, value == null ? "" : value, (old, added) -> one((String) key, old, added)));
        return made;
    }

    private static Object one(String key, Object old, Object added) {
        if (key.equals(SHAPE)) {
            return added;
        }
        if (old instanceof Number x && added instanceof Number y) {
            return x.doubleValue() + y.doubleValue();
        }
        if (old instanceof Map<?, ?> x && added instanceof Map<?, ?> y) {
            return sum(x, y);
        }
        if (old instanceof List<?> x && added instanceof List<?> y) {
            return rows(x, y);
        }
        return added;
    }

    private static List<Object> rows(List<?> a, List<?> b) {
        Map<Object, Object> byName = new LinkedHashMap<>();
        a.forEach(row -> byName.put(((Map<?, ?>) row).get(NAME), row));
        b.forEach(row -> byName.merge(((Map<?, ?>) row).get(NAME), row, (old, added) -> sum((Map<?, ?>) old, (Map<?, ?>) added)));
        return new ArrayList<>(byName.values());
    }
}
