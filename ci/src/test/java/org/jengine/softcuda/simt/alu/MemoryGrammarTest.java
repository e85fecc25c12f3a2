package org.jengine.softcuda.simt.alu;

import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every load, store and atomic of the grammar, in every space and with every hint, against what the ISA says of it. */
class MemoryGrammarTest extends GrammarForms {
    static final List<String> OPCODES = List.of("ld", "ldu", "st", "atom", "red", "prefetch", "prefetchu");

    private static String space(List<String> words) {
        return words.stream().filter(w -> w.matches("(global|shared|local|param|const)(::.*)?")).findFirst().orElse("");
    }

    /** The space without a say in whose it is. */
    private static String plain(String space) {
        return space.isEmpty() ? "" : "." + space.replaceAll("::.*", "");
    }

    private static String place(String space) {
        return switch (space.replaceAll("::.*", "")) {
            case "shared" -> "%r15";
            case "local" -> "own";
            case "param" -> space.endsWith("entry") ? "p0" : "pf";
            case "const" -> "c";
            default -> "%l14";
        };
    }

    private static int count(List<String> words) {
        return words.stream().filter(w -> w.matches("v[248]")).mapToInt(w -> w.charAt(1) - '0').findFirst().orElse(1);
    }

    private static int width(String type) {
        return type.equals("b128") ? 128 : StepForms.bits(type);
    }

    /** Registers as wide as the type, or vectors of them. */
    private static String list(String type, int count, int from) {
        String register = width(type) == 128 ? "%q" : StepForms.register(type);
        String list = IntStream.range(from, from + count).mapToObj(k -> register + k).collect(Collectors.joining(", "));
        return count == 1 ? list : "{" + list + "}";
    }

    /** The end of a line; a hint at caches by a number has that before it. */
    private static String policy(String form) {
        return form.contains("cache_hint") ? ", %l7;\n" : ";\n";
    }

    private static long lowest(long x, int bits) {
        return StepForms.lowest(x, bits);
    }

    /** The lowest bits of the k-th of so many that lie one behind the other. */
    private static long part(long[] from, int start, int k, int width) {
        return lowest(from[start + k * width / Long.SIZE] >>> k * width % Long.SIZE, width);
    }

    private static void put(long[] to, int k, int width, long bits) {
        int at = k * width / Long.SIZE;
        to[at] = to[at] & ~(lowest(-1, width) << k * width % Long.SIZE) | lowest(bits, width) << k * width % Long.SIZE;
    }

    /** Moves 16 or 32 bytes from one place to another. */
    private static String copied(String fromSpace, String from, String toSpace, String to, int bytes) {
        return IntStream.range(0, bytes / 8).mapToObj(k -> "ld" + fromSpace + ".b64 %l9, [" + from + "+" + 8 * k + "]; st" + toSpace
                + ".b64 [" + to + "+" + 8 * k + "], %l9;\n").collect(Collectors.joining());
    }

    @Test
    void loadsBringTheBytesThatAreThere() {
        check(List.of("ld", "ldu"), (form, words) -> {
            String space = space(words);
            int count = count(words);
            String type = words.get(words.size() - 1);
            int width = Math.min(width(type), Long.SIZE);
            int parts = type.equals("b128") ? 2 : count;
            boolean everyones = space.equals("const") || space.equals("param::entry");
            // Registers for ints are of 64 bits, so that it is seen how they are widened.
            String kept = width == Integer.SIZE && type.startsWith("f") || width(type) == 128 ? type : "b64";
            String place = everyones || !place(space).equals("%l14") ? place(space) : "%l15";
            String body = (everyones || place.equals("%l15") ? "" : copied(".global", "%l15", plain(space), place, 16))
                    + form + " " + list(kept, count, 0) + ", [" + place + "]" + policy(form)
                    + (width(type) == 128 ? "mov.b128 {%l0, %l1}, %q0;\n" : "");
            for (int k = 0; k < parts; k++) {
                body += "st.global.b" + (kept.equals("f32") ? "32 [%l14+" + 8 * k + "], %r" : "64 [%l14+" + 8 * k + "], %l") + k + ";\n";
            }
            return program(body, (given, t) -> {
                long[] expected = new long[TAKEN];
                for (int k = 0; k < parts; k++) {
                    long part = part(given, everyones ? 0 : GIVEN * t, k, width);
                    expected[k] = type.startsWith("s") ? IntegerStatements.value(part, type).longValue() : part;
                }
                return expected;
            });
        });
    }

    @Test
    void storesChangeTheirBytesAndNoOthers() {
        check(List.of("st"), (form, words) -> {
            String space = space(words);
            int count = count(words);
            String type = words.get(words.size() - 1);
            int width = Math.min(width(type), Long.SIZE);
            int parts = type.equals("b128") ? 2 : count;
            String kept = width == Integer.SIZE && type.startsWith("f") || width(type) == 128 ? type : "b64";
            String place = place(space);
            String body = "mov.u64 %l9, -1;\n";
            for (int k = 0; k < 4; k++) {
                body += "st" + plain(space) + ".b64 [" + place + "+" + 8 * k + "], %l9;\n";
            }
            for (int k = 0; k < parts; k++) {
                body += "ld.global.b" + (kept.equals("f32") ? "32 %r" : "64 %l") + k + ", [%l15+" + 8 * (k % GIVEN) + "];\n";
            }
            body += (width(type) == 128 ? "mov.b128 %q0, {%l0, %l1};\n" : "") + form + " [" + place + "], " + list(kept, count, 0)
                    + policy(form) + (place.equals("%l14") ? "" : copied(plain(space), place, ".global", "%l14", 32));
            return program(body, (given, t) -> {
                long[] expected = {-1, -1, -1, -1};
                for (int k = 0; k < parts; k++) {
                    put(expected, k, width, given[GIVEN * t + k % GIVEN]);
                }
                return expected;
            });
        });
    }

    /** The bits of a small whole number, whose sums are exact in every type. */
    private static long bits(String type, int number) {
        return switch (type) {
            case "f16", "f16x2", "bf16", "bf16x2" -> Ieee.of(type.replace("x2", "")).write(Real.of(BigInteger.valueOf(number)), "rn")
                    * (type.endsWith("x2") ? 0x10001L : 1);
            case "f32" -> Float.floatToRawIntBits(number);
            case "f64" -> Double.doubleToRawLongBits(number);
            default -> number;
        };
    }

    private static int joined(String op) {
        return switch (op) {
            case "add" -> 2 + 3;
            case "min", "and" -> 2;
            case "dec", "xor" -> 1;
            // The one there was is less than the other, so it is counted up.
            default -> 3;
        };
    }

    /** Three meets a two, in every element. {@link StepFormsTest} has the operations at all kinds of values. */
    @Test
    void atomicsChangeWhatIsThereAndTellWhatWas() {
        check(List.of("atom", "red"), (form, words) -> {
            boolean tells = words.get(0).equals("atom");
            int count = count(words);
            String type = words.get(words.size() - 1);
            int width = Math.min(width(type), Long.SIZE);
            int parts = type.equals("b128") ? 2 : count;
            String op = words.stream().filter(w -> w.matches("add|min|max|inc|dec|and|or|xor|exch|cas")).findFirst().orElseThrow();
            String space = space(words);
            String place = place(space);
            String register = StepForms.register("b" + width);
            String body = copied(".global", "%l15", plain(space), place, 32);
            for (int k = 0; k < parts; k++) {
                String value = "mov.b" + width + " " + register;
                body += value + "8, " + bits(type, 2) + ";\nst" + plain(space) + ".b" + width + " [" + place + "+" + k * width / 8 + "], "
                        + register + "8;\n" + value + k + ", " + bits(type, 3) + ";\n";
            }
            body += type.equals("b128") ? "mov.b128 %q0, {%l0, %l1}; mov.b128 %q1, {%l8, %l8};\n" : "";
            String asked = op.equals("cas") ? list(type, 1, type.equals("b128") ? 1 : 8) + ", " + list(type, 1, 0) : list(type, count, 0);
            body += form + (tells ? " " + list(type, count, 0) + "," : "") + " [" + place + "], " + asked + policy(form)
                    + (tells && type.equals("b128") ? "mov.b128 {%l0, %l1}, %q0;\n" : "")
                    + (place.equals("%l14") ? "" : copied(plain(space), place, ".global", "%l14", 32));
            for (int k = 0; tells && k < parts; k++) {
                body += "st.global.b" + width + " [%l14+" + (32 + k * width / 8) + "], " + register + k + ";\n";
            }
            return program(body, (given, t) -> {
                long[] expected = new long[TAKEN];
                System.arraycopy(given, GIVEN * t, expected, 0, GIVEN);
                for (int k = 0; k < parts; k++) {
                    put(expected, k, width, bits(type, joined(op)));
                    put(expected, 4 * Long.SIZE / width + k, width, tells ? bits(type, 2) : 0);
                }
                return expected;
            });
        });
    }

    @Test
    void prefetchesChangeNothing() {
        check(List.of("prefetch", "prefetchu"), (form, words) ->
                unnoticed(form + " [" + (words.contains("local") ? "own" : "%l15") + "];"));
    }
}
