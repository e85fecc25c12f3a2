package org.jengine.softcuda.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.json.JsonReader;

/** Makes a table, as a README has it, of what {@code ci/figures} counted. */
public final class StepTable {
    private static final double MICRO = 1e6;

    private StepTable() {
    }

    /** Arguments: for each run the file with what the benchmark printed, the one with the device's report, and the GPU. */
    public static void main(String[] args) throws IOException {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i + 2 < args.length; i += 3) {
            steps.add(Step.of(map(Path.of(args[i])), map(Path.of(args[i + 1])), GpuProfile.of(args[i + 2])));
        }
        System.out.print(of(steps));
    }

    private static Map<?, ?> map(Path file) throws IOException {
        try {
            return (Map<?, ?>) JsonReader.read(Files.readString(file).strip());
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new IOException(file + " is no JSON object: " + e.getMessage(), e);
        }
    }

    /** A row for each net and precision, columns for each GPU. */
    static String of(List<Step> steps) {
        Set<String> gpus = new LinkedHashSet<>();
        Map<List<String>, Map<String, Step>> rows = new LinkedHashMap<>();
        for (Step s : steps) {
            gpus.add(s.gpu());
            List<String> key = List.of(s.net(), s.precision(), Integer.toString(s.batch()));
            rows.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(s.gpu(), s);
        }
        StringBuilder to = new StringBuilder("| net | precision | batch | nodes | chain |");
        gpus.forEach(gpu -> to.append(' ').append(gpu).append(" |"));
        to.append("\n|---|---|---|---|---|").append("---|".repeat(gpus.size())).append('\n');
        rows.forEach((key, byGpu) -> {
            Step first = byGpu.values().iterator().next();
            to.append("| `").append(key.get(0)).append("` | ").append(key.get(1)).append(" | ").append(key.get(2)).append(" | ")
                    .append(first.nodes()).append(" | ").append(first.depth()).append(" |");
            gpus.forEach(gpu -> to.append(' ').append(byGpu.containsKey(gpu) ? cell(byGpu.get(gpu)) : "not possible").append(" |"));
            to.append('\n');
        });
        return to.toString();
    }

    /** The least times in microseconds, of the arithmetic alone and of the step, and what the model makes of it. */
    private static String cell(Step step) {
        double rounded = Math.round(step.imagesPerSecond() / 1e4) * 1e4;
        return String.format(Locale.ROOT, "%s, %s us, %.2f M/s", micros(step.arithmetic()), micros(step.least()), rounded / MICRO);
    }

    private static String micros(double seconds) {
        double micros = seconds * MICRO;
        return String.format(Locale.ROOT, micros < 10 ? "%.2f" : "%.0f", micros);
    }
}
