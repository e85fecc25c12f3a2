package org.jengine.softcuda.count;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;
import org.jengine.softcuda.work.Turn;

/**
 * Counts what a program does to its GPU, by kernel, by graph, and by call. {@link #report} gives what JSON gets: {@code gpu},
 * {@code kernels}, {@code graphs} and {@code calls}, lists of rows with a name. All numbers of a row are sums over launches but those in
 * its {@code shape}.
 *
 * <p>Times are in seconds and lower bounds: the time for the memory that a launch touches, each sector once, for its operations at the
 * GPU's best, and for issuing its instructions; the longest counts. A launch's data may be in the cache already; then even less is
 * possible.
 */
public final class Counter {
    private final Machine machine;
    private final Registers registers;
    private final Map<String, KernelCount> kernels = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> graphs = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> calls = new LinkedHashMap<>();
    private final Map<Kernel, Opcodes> known = new WeakHashMap<>();
    private CountWatch running;
    private String runningKernel;
    private String runningGraph;

    public Counter(Machine machine) {
        this(machine, new Registers(machine));
    }

    Counter(Machine machine, Registers registers) {
        this.machine = machine;
        this.registers = registers;
    }

    /** A module was loaded: its text says how many registers kernels need, if an assembler is there. */
    public void module(String ptx) {
        registers.add(ptx);
    }

    /** Counts a launch that no graph holds. */
    public Watch begin(Launch launch, Turn turn) {
        return begin(launch, turn, null);
    }

    /**
     * Counts a launch; the launch before ends here.
     *
     * @param graph the graph that holds it, or null
     */
    public Watch begin(Launch launch, Turn turn, String graph) {
        end();
        Opcodes opcodes = known.get(launch.kernel());
        if (opcodes == null) {
            opcodes = new Opcodes(launch.kernel());
            known.put(launch.kernel(), opcodes);
        }
        running = new CountWatch(launch, opcodes);
        runningKernel = launch.kernel().name();
        runningGraph = graph;
        return running;
    }

    /**
     * A graph was launched.
     *
     * @param nodes how many it has
     * @param depth nodes on its longest chain of dependencies
     */
    public void graph(String name, int nodes, int depth) {
        Map<String, Object> row = graphs.computeIfAbsent(name, Counter::row);
        add(row, "launches", 1);
        row.put("shape", Map.of("nodes", nodes, "depth", depth));
    }

    /**
     * A library function or a copy was performed.
     *
     * @param bytes read and written
     * @param flops operations of the given type, an addition and a multiplication each one
     * @param type  as {@link Machine#flops} names it
     * @param graph the graph that holds it, or null
     */
    public void call(String name, long bytes, double flops, String type, String graph) {
        Map<String, Object> row = calls.computeIfAbsent(name, Counter::row);
        add(row, "launches", 1);
        add(row, "bytes", bytes);
        add(row, "flops", flops);
        double peak = machine.flops().getOrDefault(type, Double.POSITIVE_INFINITY);
        double least = Math.max(bytes / machine.bandwidth(), flops / peak);
        add(row, "leastSeconds", least);
        of(graph, "calls", least);
    }

    private void end() {
        if (running != null) {
            double least = running.end(kernels.computeIfAbsent(runningKernel, name -> new KernelCount()), machine);
            of(runningGraph, "kernels", least);
        }
        running = null;
    }

    /** Adds something done to the graph that holds it, if one does. */
    private void of(String graph, String kind, double least) {
        if (graph != null) {
            Map<String, Object> row = graphs.computeIfAbsent(graph, Counter::row);
            add(row, kind, 1);
            add(row, "leastSeconds", least);
        }
    }

    private static Map<String, Object> row(String name) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        return row;
    }

    private static void add(Map<String, Object> row, String what, double count) {
        row.merge(what, count, (a, b) -> (Double) a + (Double) b);
    }

    /** All counts so far. */
    public Map<String, Object> report() {
        end();
        Map<String, Integer> ofKernels = registers.find();
        List<Map<String, Object>> rows = new ArrayList<>();
        kernels.forEach((name, count) -> rows.add(count.row(name, machine, ofKernels.get(name))));
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("gpu", machine.name());
        report.put("kernels", rows);
        report.put("graphs", new ArrayList<>(graphs.values()));
        report.put("calls", new ArrayList<>(calls.values()));
        return report;
    }

    /** All counts so far as text. */
    public String table() {
        return Table.of(report());
    }
}
