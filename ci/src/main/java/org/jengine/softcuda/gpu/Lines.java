package org.jengine.softcuda.gpu;

import java.util.HashSet;
import java.util.Set;

/** A text of lines {@code KEY = VALUE}, with the line's number at hand for who finds it wrong. */
record Lines(String file, String text) {
    /** Takes one fact. */
    @FunctionalInterface
    interface Fact {
        void take(int line, String key, String value);
    }

    void each(Fact fact) {
        Set<String> seen = new HashSet<>();
        int number = 0;
        for (String whole : text.split("\n", -1)) {
            number++;
            int comment = whole.indexOf('#');
            String line = (comment < 0 ? whole : whole.substring(0, comment)).strip();
            if (line.isEmpty()) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals <= 0 || equals == line.length() - 1) {
                throw wrong(number, "'" + line + "' is no KEY = VALUE");
            }
            String key = line.substring(0, equals).strip();
            if (!seen.add(key)) {
                throw wrong(number, key + " is said twice; keep one of the lines");
            }
            fact.take(number, key, line.substring(equals + 1).strip());
        }
    }

    double number(int line, String key, String value) {
        try {
            double number = Double.parseDouble(value);
            if (number >= 0 && number < Long.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(line, key + " is a number, not " + value);
        }
        throw wrong(line, key + " is a number from 0 on, not " + value);
    }

    ProfileException wrong(int line, String fault) {
        return new ProfileException(file + ":" + line + ": " + fault, null);
    }
}
