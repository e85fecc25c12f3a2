package org.jengine.softcuda.json;

import java.util.Iterator;
import java.util.Map;

/** Writes JSON: maps, iterables, strings, numbers, booleans and null. */
public final class Json {
    private static final String INDENT = "  ";
    private static final int FIRST_PRINTABLE = 0x20;

    private Json() {
    }

    /** The value in one line. */
    public static String line(Object value) {
        StringBuilder to = new StringBuilder();
        write(to, value, null);
        return to.toString();
    }

    /** The value over several lines, with a newline at the end. */
    public static String text(Object value) {
        StringBuilder to = new StringBuilder();
        write(to, value, "\n");
        return to.append('\n').toString();
    }

    /** @param line how a line of this depth starts, or null for one line in all */
    private static void write(StringBuilder to, Object value, String line) {
        if (value instanceof Map<?, ?> map) {
            Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
            list(to, '{', '}', line, entries, (entry, deeper) -> {
                string(to, entry.getKey().toString());
                to.append(':').append(line == null ? "" : " ");
                write(to, entry.getValue(), deeper);
            });
        } else if (value instanceof Iterable<?> all) {
            list(to, '[', ']', line, all.iterator(), (one, deeper) -> write(to, one, deeper));
        } else if (value instanceof Number number) {
            number(to, number);
        } else if (value instanceof Boolean || value == null) {
            to.append(value);
        } else {
            string(to, value.toString());
        }
    }

    private interface Writer<T> {
        void write(T one, String deeper);
    }

    private static <T> void list(StringBuilder to, char open, char close, String line, Iterator<T> all, Writer<? super T> writer) {
        to.append(open);
        String deeper = line == null ? null : line + INDENT;
        boolean some = all.hasNext();
        while (all.hasNext()) {
            to.append(line == null ? "" : deeper);
            writer.write(all.next(), deeper);
            to.append(all.hasNext() ? "," : "");
        }
        to.append(some && line != null ? line : "").append(close);
    }

    private static void number(StringBuilder to, Number number) {
        double value = number.doubleValue();
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            to.append("null");
        } else if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
            to.append((long) value);
        } else {
            to.append(number);
        }
    }

    private static void string(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\t' -> to.append("\\t");
                case '\r' -> to.append("\\r");
                default -> {
                    if (c < FIRST_PRINTABLE || Character.isSurrogate(c)) {
                        // Escaped surrogates stay valid even when a lone one would not survive UTF-8.
                        to.append(String.format("\\u%04x", (int) c));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
        to.append('"');
    }
}
