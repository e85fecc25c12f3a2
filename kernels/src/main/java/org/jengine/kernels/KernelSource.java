package org.jengine.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The text of a kernel, complete in itself: its file with what it includes in place, after the macros of its declaration.
 *
 * @param stem the file it comes from is {@code <stem>.cu}, or the stem's for a {@link Target}
 * @param text OpenCL C and CUDA C, or CUDA C alone where it is made for GPUs; without any {@code #include}
 */
public record KernelSource(String stem, String text) {
    private static final String FOLDER = "/org/jengine/kernels/cuda/";
    private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([a-z0-9_]+(\\.cuda)?\\.h)\"$");

    /**
     * The portable text that holds the kernel of this declaration.
     *
     * @throws IllegalArgumentException if there is no such file, which is a fault of the build
     */
    public static KernelSource of(KernelDef def) {
        return of(def, Target.PORTABLE);
    }

    /**
     * The text that a target compiles: its own, or else that of the nearest target which every such device can run.
     *
     * @throws IllegalArgumentException if there is no such file, which is a fault of the build
     */
    public static KernelSource of(KernelDef def, Target target) {
        StringBuilder text = new StringBuilder();
        text.append("#define REAL_").append(DType.BF16.suffix().equals(suffix(def)) ? "BF16" : "F32").append('\n');
        // Sorted, since a map may change its order from run to run, and the hash with it.
        new TreeMap<>(def.constants(target))
                .forEach((name, value) -> text.append("#define ").append(name).append(' ').append(value).append('\n'));
        Target nearest = target;
        while (nearest != Target.PORTABLE && !has(def.stem(), nearest)) {
            nearest = Target.values()[nearest.ordinal() - 1];
        }
        text.append(expanded(file(def.stem(), nearest), new HashSet<>()));
        return new KernelSource(def.stem(), text.toString());
    }

    /** A hash of all texts of this kernel, whatever the target: what was measured of one text says nothing of another. */
    public static String hashOfAll(KernelDef def) {
        return new KernelSource(def.stem(), Stream.of(Target.values()).filter(def.devices()::cover).map(t -> of(def, t).text()).distinct()
                .collect(Collectors.joining())).hash();
    }

    /** Whether there is a text for this target itself. */
    static boolean has(String stem, Target target) {
        return KernelSource.class.getResource(FOLDER + file(stem, target)) != null;
    }

    private static String file(String stem, Target target) {
        return stem + target.mark() + ".cu";
    }

    private static String suffix(KernelDef def) {
        return def.entry().substring(def.entry().lastIndexOf('_') + 1);
    }

    /** A file with each file that it includes in the place where it is included first; compilers are told which line is whose. */
    private static String expanded(String file, Set<String> done) {
        String text = read(file);
        Matcher include = INCLUDE.matcher(text);
        return line(1, file) + include.replaceAll(m -> {
            String part = done.add(m.group(1)) ? expanded(m.group(1), done) : "";
            long next = 1 + text.substring(0, m.end()).lines().count();
            return Matcher.quoteReplacement(part.isEmpty() ? "" : part.stripTrailing() + "\n" + line(next, file).stripTrailing());
        });
    }

    private static String line(long number, String file) {
        return "#line " + number + " \"" + file + "\"\n";
    }

    private static String read(String file) {
        try (InputStream in = KernelSource.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no kernel text " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of the text, in hexadecimal digits: what binaries made from it are filed under. */
    public String hash() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
