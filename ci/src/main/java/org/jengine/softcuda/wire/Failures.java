package org.jengine.softcuda.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls that shall fail though nothing is wrong with them, so that a program's answer to a fault can be seen: {@code CALL=STATUS} for every
 * call of a function, {@code CALL@N=STATUS} for its N-th alone, several with commas between. Functions go by the name that programs write,
 * without the version that the header adds; statuses are the library's own numbers.
 */
public final class Failures {
    private static final Pattern ONE = Pattern.compile("([a-zA-Z][A-Za-z0-9]*)(?:@([1-9][0-9]{0,8}))?=([1-9][0-9]{0,8})");
    private static final Pattern VERSION = Pattern.compile("_v[0-9]$");

    private final List<Failure> failures = new ArrayList<>();
    private final Map<String, Integer> calls = new HashMap<>();

    private record Failure(String call, int number, int status) {
    }

    private Failures() {
    }

    /** @throws IllegalArgumentException saying what is wrong with the text; an empty one asks for nothing */
    public static Failures of(String text) {
        Failures made = new Failures();
        for (String one : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            Matcher m = ONE.matcher(one);
            if (!m.matches()) {
                throw new IllegalArgumentException("'" + one + "' is no failure: CALL=STATUS, or CALL@N=STATUS for the N-th call alone");
            }
            made.failures.add(new Failure(m.group(1), m.group(2) == null ? 0 : Integer.parseInt(m.group(2)),
                    Integer.parseInt(m.group(3))));
        }
        return made;
    }

    /** Whether any call shall fail. */
    public boolean any() {
        return !failures.isEmpty();
    }

    /** Counts a call; what it shall end with, or 0 if it is to be done. */
    public int status(String symbol) {
        String call = VERSION.matcher(symbol).replaceFirst("");
        int number = calls.merge(call, 1, Integer::sum);
        return failures.stream().filter(f -> f.call.equals(call) && (f.number == 0 || f.number == number)).mapToInt(Failure::status)
                .findFirst().orElse(0);
    }
}
