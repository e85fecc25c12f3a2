package org.jengine.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the PTX files anew: {@code ci/ptx} runs it. Arguments: the folder of the toolkit's programs, the folder to write to, and the
 * stems to make, or none for all.
 */
public final class PtxFiles {
    private static final Pattern DEFINED = Pattern.compile("(?m)^\\s*#\\s*define\\s+(\\w+)");
    /** What a driver may be asked for, oldest first; https://docs.nvidia.com/cuda/parallel-thread-execution/#release-notes */
    private static final List<String> VERSIONS =
            List.of("6.3", "6.4", "6.5", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.8", "8.0");

    private final Path programs;
    private final Path folder = Files.createTempDirectory("ptx");

    private PtxFiles(Path programs) throws IOException {
        this.programs = programs;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        PtxFiles files = new PtxFiles(Path.of(args[0]));
        Path to = Files.createDirectories(Path.of(args[1]));
        List<String> all = Kernels.ALL.stream().filter(d -> d.devices().cover(Target.CUDA)).map(KernelDef::stem).distinct().sorted()
                .toList();
        List<String> stems = args.length > 2 ? Stream.of(args).skip(2).toList() : all;
        if (!all.containsAll(stems)) {
            System.err.println("ci/ptx: " + stems.stream().filter(s -> !all.contains(s)).findFirst().orElseThrow()
                    + " is no kernel of a GPU's. There are " + String.join(", ", all) + ".");
            System.exit(2);
        }
        for (String stem : stems) {
            for (Target target : Ptx.targets(stem).toList()) {
                String text = files.made(stem, target);
                Files.writeString(to.resolve(Ptx.name(stem, target)), text);
                System.out.printf("%-20s %4d kB%n", Ptx.name(stem, target), text.length() / 1000);
            }
        }
    }

    /** The PTX of a kernel file, in the lowest version that its instructions allow. */
    private String made(String stem, Target target) throws IOException, InterruptedException {
        List<String> texts = Ptx.texts(stem, target);
        Path source = Files.write(folder.resolve(stem + ".cu"), together(texts));
        Path output = folder.resolve(stem + ".ptx");
        List<String> words = new ArrayList<>(List.of(programs.resolve("nvcc").toString(), "-Werror", "all-warnings"));
        words.addAll(Ptx.flags(target));
        words.addAll(List.of("-o", output.toString(), source.toString()));
        if (run(words) != 0) {
            throw new IllegalStateException("nvcc does not take the texts of " + Ptx.name(stem, target) + ":\n" + log());
        }
        String text = Ptx.stamp(texts, target) + "\n" + clean(Files.readString(output));
        for (String version : VERSIONS) {
            String lowered = text.replaceFirst("(?m)^\\.version .*$", ".version " + version);
            Files.writeString(output, lowered);
            if (run(List.of(programs.resolve("ptxas").toString(), "-arch=sm_" + target.capability(), "-o",
                    folder.resolve("any.cubin").toString(), output.toString())) == 0) {
                return lowered;
            }
        }
        throw new IllegalStateException(Ptx.name(stem, target) + " needs a newer PTX than " + VERSIONS.get(VERSIONS.size() - 1) + ":\n"
                + log());
    }

    /** All texts of one file in one, each in a namespace and with macros of its own. */
    static List<String> together(List<String> texts) {
        List<String> lines = new ArrayList<>();
        for (int k = 0; k < texts.size(); k++) {
            lines.add("namespace text" + k + " {");
            lines.add(texts.get(k));
            lines.add("}");
            DEFINED.matcher(texts.get(k)).results().map(m -> m.group(1)).distinct().forEach(m -> lines.add("#undef " + m));
        }
        return lines;
    }

    /** Without the compiler's remarks, without a hint that old drivers do not know, and with files named as the project names them. */
    private static String clean(String ptx) {
        return ptx.lines().filter(l -> !l.startsWith("//") && !l.contains(".pragma \"used_bytes_mask"))
                .map(l -> l.replaceFirst("(^\\s*\\.file.*\").*/([^/\"]*\")", "$1$2"))
                .collect(Collectors.joining("\n")).strip() + "\n";
    }

    private int run(List<String> words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile())
                .start().waitFor();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }
}
