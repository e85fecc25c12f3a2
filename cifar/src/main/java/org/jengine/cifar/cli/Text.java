package org.jengine.cifar.cli;

import java.util.Locale;

/** Numbers as people read them. */
public final class Text {
    private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB"};

    private Text() {
    }

    /** A format with a point for decimals, wherever the user is. */
    public static String format(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }

    /** Thousands set apart by a space: {@code 42 442}. */
    public static String count(long n) {
        return format("%,d", n).replace(',', ' ');
    }

    /** Three digits or so: {@code 154 MB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return format(unit == 0 || value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s", value, UNITS[unit]);
    }

    /** {@code 2.1s} below a minute, then {@code 3:05}, then {@code 1:02:03}. */
    public static String duration(double seconds) {
        if (seconds < 59.95) {
            return format("%.1fs", seconds);
        }
        return clock(seconds);
    }

    /** {@code 0:52}, {@code 1:02:03}. */
    public static String clock(double seconds) {
        long s = Math.round(seconds);
        return s < 3600 ? format("%d:%02d", s / 60, s % 60) : format("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    /** {@code "1 step"}, {@code "3 steps"}. */
    public static String plural(long n, String thing) {
        return count(n) + " " + thing + (n == 1 ? "" : "s");
    }
}
