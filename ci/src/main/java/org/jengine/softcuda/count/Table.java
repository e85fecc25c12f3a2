package org.jengine.softcuda.count;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as text: a table each for kernels, graphs and calls. */
final class Table {
    private static final double PERCENT = 100;
    private static final double MICRO = 1e6;

    private Table() {
    }

    static String of(Map<?, ?> report) {
        StringBuilder to = new StringBuilder("GPU: " + report.get("gpu") + "\n");
        List<List<String>> kernels = new ArrayList<>();
        for (Map<?, ?> row : rows(report, "kernels")) {
            kernels.add(kernel(row));
        }
        write(to, List.of("kernel", "launches", "instructions", "MB asked", "MB moved", "of fewest", "conflicts", "divergent", "MFLOP",
                "registers", "occupancy", "least us", "bound"), kernels);
        List<List<String>> graphs = new ArrayList<>();
        for (Map<?, ?> row : rows(report, "graphs")) {
            Map<?, ?> shape = row.get("shape") instanceof Map<?, ?> map ? map : Map.of();
            graphs.add(List.of(text(row, "name"), count(row, "launches"), count(shape, "nodes"), count(shape, "depth"),
                    count(row, "kernels"), count(row, "calls"), fixed(number(row, "leastSeconds") * MICRO, 1)));
        }
        write(to, List.of("graph", "launches", "nodes", "depth", "kernels run", "calls", "their least us"), graphs);
        List<List<String>> calls = new ArrayList<>();
        for (Map<?, ?> row : rows(report, "calls")) {
            calls.add(List.of(text(row, "name"), count(row, "launches"), fixed(number(row, "bytes") / MICRO, 3),
                    fixed(number(row, "flops") / MICRO, 3), fixed(number(row, "leastSeconds") * MICRO, 1)));
        }
        write(to, List.of("call", "times", "MB", "MFLOP", "least us"), calls);
        return to.toString();
    }

    private static List<Map<?, ?>> rows(Map<?, ?> report, String name) {
        List<Map<?, ?>> rows = new ArrayList<>();
        if (report.get(name) instanceof List<?> all) {
            all.forEach(row -> rows.add((Map<?, ?>) row));
        }
        return rows;
    }

    private static List<String> kernel(Map<?, ?> row) {
        Map<?, ?> shape = (Map<?, ?>) row.get("shape");
        double flops = 0;
        for (Object one : ((Map<?, ?>) row.get("flops")).values()) {
            flops += ((Number) one).doubleValue();
        }
        double instructions = 0;
        for (Object one : ((Map<?, ?>) row.get("instructions")).values()) {
            instructions += ((Number) one).doubleValue();
        }
        double asked = number(row, "globalLoadBytes") + number(row, "globalStoreBytes") + number(row, "globalAtomicBytes");
        double fewest = number(row, "sectorsFewest");
        String ratio = fewest == 0 ? "-" : fixed(number(row, "sectorsMoved") / fewest, 2) + "x";
        Object registers = shape.get("registers");
        return List.of(text(row, "name"), count(row, "launches"), fixed(instructions, 0), fixed(asked / MICRO, 3),
                fixed(number(row, "sectorsMoved") * Sectors.BYTES / MICRO, 3), ratio, count(row, "sharedConflicts"),
                count(row, "divergentBranches"), fixed(flops / MICRO, 3),
                registers instanceof Number n ? fixed(n.doubleValue(), 0) : "unknown",
                fixed(number(shape, "occupancy") * PERCENT, 0) + "% (" + text(shape, "occupancyLimit") + ")",
                fixed(number(row, "leastSeconds") * MICRO, 1), bound(row));
    }

    private static String bound(Map<?, ?> row) {
        double bytes = number(row, "bytesSeconds");
        double flops = number(row, "flopsSeconds");
        double issue = number(row, "issueSeconds");
        return bytes >= flops && bytes >= issue ? "bytes" : flops >= issue ? "flops" : "issue";
    }

    private static double number(Map<?, ?> row, String name) {
        return row.get(name) instanceof Number n ? n.doubleValue() : 0;
    }

    private static String count(Map<?, ?> row, String name) {
        return fixed(number(row, name), 0);
    }

    private static String text(Map<?, ?> row, String name) {
        return String.valueOf(row.get(name));
    }

    private static String fixed(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** Writes a table, names to the left and numbers to the right; nothing if it has no rows. */
    private static void write(StringBuilder to, List<String> heads, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        int[] widths = heads.stream().mapToInt(String::length).toArray();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        to.append('\n');
        line(to, heads, widths);
        rows.forEach(row -> line(to, row, widths));
    }

    private static void line(StringBuilder to, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String space = " ".repeat(widths[i] - cell.length());
            line.append(i == 0 ? cell + space : "  " + space + cell);
        }
        to.append(line.toString().stripTrailing()).append('\n');
    }
}
