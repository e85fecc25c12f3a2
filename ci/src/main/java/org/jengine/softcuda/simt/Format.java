package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A format of C's printf, whose arguments lie in memory one behind the other, aligned. */
final class Format {
    private static final Pattern PART = Pattern.compile("%([-+ #0]*)(\\*|\\d+)?(?:\\.(\\*|\\d+))?(hh|h|ll|l|j|z|t)?([diouxXcsfFeEgGaAp%])");

    private final String format;
    private int arguments;

    Format(String format) {
        this.format = format;
    }

    /** How many arguments the format took. */
    int arguments() {
        return arguments;
    }

    String with(DeviceCall call, Block block, Frame frame, int lane, long list) {
        Matcher part = PART.matcher(format);
        StringBuilder made = new StringBuilder();
        long next = list;
        int done = 0;
        while (part.find()) {
            made.append(format, done, part.start());
            done = part.end();
            if (part.group(5).equals("%")) {
                made.append('%');
                continue;
            }
            List<String> sizes = new ArrayList<>();
            for (int g = 2; g <= 3; g++) {
                String size = part.group(g);
                if ("*".equals(size)) {
                    size = Integer.toString((int) call.read(block, frame, lane, next, Integer.BYTES));
                    next += Integer.BYTES;
                    arguments++;
                }
                sizes.add(size == null ? "" : size);
            }
            char kind = part.group(5).charAt(0);
            boolean wide = "sfFeEgGaAp".indexOf(kind) >= 0 || part.group(4) != null && !part.group(4).startsWith("h");
            int width = wide ? Long.BYTES : Integer.BYTES;
            next = (next + width - 1) / width * width;
            long bits = call.read(block, frame, lane, next, width);
            next += width;
            arguments++;
            String text = kind == 's' ? call.text(block, frame, lane, bits) : null;
            made.append(one(part.group(1), sizes.get(0), sizes.get(1), kind, wide ? bits : (int) bits, wide, text));
        }
        return made.append(format.substring(done)).toString();
    }

    private static String one(String flags, String width, String precision, char kind, long bits, boolean wide, String text) {
        String head = "%" + flags.replace("#", "") + width;
        double real = Double.longBitsToDouble(bits);
        return switch (kind) {
            case 's' -> String.format(Locale.ROOT,
                    "%" + flags.replace("0", "") + width + (precision.isEmpty() ? "" : "." + precision) + "s", text);
            case 'c' -> String.valueOf((char) bits);
            case 'd', 'i' -> String.format(Locale.ROOT, head + "d", bits);
            case 'u' -> padded(flags, width, wide ? Long.toUnsignedString(bits) : Integer.toUnsignedString((int) bits));
            case 'o' -> padded(flags, width, wide ? Long.toOctalString(bits) : Integer.toOctalString((int) bits));
            case 'x', 'X' -> {
                String digits = wide ? Long.toHexString(bits) : Integer.toHexString((int) bits);
                digits = flags.contains("#") ? "0x" + digits : digits;
                yield padded(flags, width, kind == 'X' ? digits.toUpperCase(Locale.ROOT) : digits);
            }
            case 'p' -> padded(flags, width, "0x" + Long.toHexString(bits));
            default -> {
                if (Double.isNaN(real) || Double.isInfinite(real)) {
                    yield padded(flags.replace("0", ""), width, Double.isNaN(real) ? "nan" : real > 0 ? "inf" : "-inf");
                }
                if (kind == 'g' || kind == 'G') {
                    yield padded(flags, width, general(real, precision.isEmpty() ? 6 : Integer.parseInt(precision)));
                }
                String java = kind == 'F' ? "f" : kind == 'A' ? "A" : String.valueOf(kind);
                String digits = kind == 'a' || kind == 'A' ? "" : "." + (precision.isEmpty() ? "6" : precision);
                yield String.format(Locale.ROOT, head + digits + java, real);
            }
        };
    }

    /** C's %g: so many digits that count, in the shorter of both ways, without zeros at the end. */
    private static String general(double value, int digits) {
        int most = Math.max(digits, 1);
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        String exponential = String.format(Locale.ROOT, "%." + (most - 1) + "e", value);
        int exponent = Integer.parseInt(exponential.substring(exponential.indexOf('e') + 1));
        if (exponent < -4 || exponent >= most) {
            int split = exponential.indexOf('e');
            return trimmed(exponential.substring(0, split)) + exponential.substring(split);
        }
        return trimmed(String.format(Locale.ROOT, "%." + (most - 1 - exponent) + "f", value));
    }

    private static String trimmed(String number) {
        return number.contains(".") ? number.replaceAll("0+$", "").replaceAll("\\.$", "") : number;
    }

    private static String padded(String flags, String width, String text) {
        int wanted = width.isEmpty() ? 0 : Integer.parseInt(width);
        String fill = (flags.contains("0") && !flags.contains("-") ? "0" : " ").repeat(Math.max(0, wanted - text.length()));
        return flags.contains("-") ? text + fill : fill + text;
    }
}
