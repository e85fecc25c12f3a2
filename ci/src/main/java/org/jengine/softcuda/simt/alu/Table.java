package org.jengine.softcuda.simt.alu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The forms of a few opcodes by text and number of operands, as in "add.s32/3". */
final class Table {
    private final Map<String, Loops.Once<Form>> forms = new TreeMap<>();

    /** {@code texts}: one or more, parted by spaces; {a,b,} stands for each of its parts in turn. */
    <T> Table add(Class<T> shape, String texts, T function) {
        return add(texts, Loops.kinds(shape).size(), () -> Loops.form(shape, function));
    }

    Table add(String texts, int operands, Supplier<Form> form) {
        Loops.Once<Form> once = new Loops.Once<>(form);
        for (String text : texts.split(" ")) {
            for (String each : expand(text)) {
                if (forms.put(each + "/" + operands, once) != null) {
                    throw new IllegalStateException(each + " is defined twice");
                }
            }
        }
        return this;
    }

    Map<String, Loops.Once<Form>> done() {
        return Collections.unmodifiableMap(forms);
    }

    static List<String> expand(String text) {
        int open = text.indexOf('{');
        if (open < 0) {
            return List.of(text);
        }
        int close = text.indexOf('}', open);
        List<String> all = new ArrayList<>();
        for (String part : text.substring(open + 1, close).split(",", -1)) {
            all.addAll(expand(text.substring(0, open) + part + text.substring(close + 1)));
        }
        return all;
    }
}
