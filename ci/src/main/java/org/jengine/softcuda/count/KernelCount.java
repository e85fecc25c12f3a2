package org.jengine.softcuda.count;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A kernel's counts over all its launches. */
final class KernelCount {
    /** Instructions by kind, each lane counted. */
    final Map<String, Double> instructions = new TreeMap<>();

    /** Operations on floating-point numbers by type. */
    final Map<String, Double> flops = new TreeMap<>();

    private final Map<String, Double> sums = new LinkedHashMap<>();
    private int threads;
    private int shared;

    void add(String what, double count) {
        sums.merge(what, count, Double::sum);
    }

    /** The last launch's block. */
    void shape(int threadsOfBlock, int sharedOfBlock) {
        threads = threadsOfBlock;
        shared = sharedOfBlock;
    }

    /** @param registers of a thread; null if nobody knows */
    Map<String, Object> row(String name, Machine machine, Integer registers) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.putAll(sums);
        row.put("instructions", instructions);
        row.put("flops", flops);
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("threadsOfBlock", threads);
        shape.put("sharedBytesOfBlock", shared);
        shape.put("registers", registers);
        Occupancy occupancy = Occupancy.of(machine, registers == null ? 0 : registers, shared, threads);
        shape.put("blocksOfProcessor", occupancy.blocks());
        shape.put("occupancy", occupancy.part());
        shape.put("occupancyLimit", occupancy.limit() + (registers == null ? " (registers unknown)" : ""));
        row.put("shape", shape);
        return row;
    }
}
