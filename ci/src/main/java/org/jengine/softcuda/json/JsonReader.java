package org.jengine.softcuda.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON into maps, lists, strings, doubles, booleans and null. */
public final class JsonReader {
    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException with the place if the text is not one JSON value */
    public static Object read(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.skip();
        if (reader.at < text.length()) {
            throw reader.wrong("the end");
        }
        return value;
    }

    private Object value() {
        skip();
        char c = peek();
        if (c == '{') {
            return map();
        }
        if (c == '[') {
            return list();
        }
        if (c == '"') {
            return string();
        }
        for (Object word : new Object[] {true, false}) {
            if (text.startsWith(word.toString(), at)) {
                at += word.toString().length();
                return word;
            }
        }
        if (text.startsWith("null", at)) {
            at += "null".length();
            return null;
        }
        return number();
    }

    private Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        skip();
        while (peek() != '}') {
            skip();
            String key = string();
            skip();
            take(':');
            map.put(key, value());
            skip();
            if (peek() != '}') {
                take(',');
            }
        }
        at++;
        return map;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        at++;
        skip();
        while (peek() != ']') {
            list.add(value());
            skip();
            if (peek() != ']') {
                take(',');
            }
        }
        at++;
        return list;
    }

    private String string() {
        take('"');
        StringBuilder made = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            made.append(c == '\\' ? escaped() : c);
        }
        at++;
        return made.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw wrong("four digits");
                }
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            case '"', '\\', '/' -> c;
            default -> throw wrong("an escape");
        };
    }

    private Double number() {
        int end = at;
        while (end < text.length() && "+-.0123456789eE".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        if (end == at) {
            throw wrong("a value");
        }
        double made = Double.parseDouble(text.substring(at, end));
        at = end;
        return made;
    }

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at);
    }

    private void take(char wanted) {
        if (peek() != wanted) {
            throw wrong("'" + wanted + "'");
        }
        at++;
    }

    private IllegalArgumentException wrong(String wanted) {
        return new IllegalArgumentException("no JSON: expected " + wanted + " at character " + at);
    }
}
