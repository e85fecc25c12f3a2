package org.jengine.softcuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jengine.softcuda.count.Counter;
import org.jengine.softcuda.count.Machine;
import org.jengine.softcuda.driver.Counts;
import org.jengine.softcuda.driver.Driver;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.json.Json;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** Hands the counter what the driver does. Times are by the first device's profile. */
final class Counting implements Counts {
    private final Counter counter;

    Counting(GpuProfile gpu) {
        counter = new Counter(Machine.of(gpu));
    }

    void module(String text) {
        counter.module(text);
    }

    Watch begin(Launch launch, Turn turn) {
        return counter.begin(launch, turn, Driver.graphOf(turn));
    }

    @Override
    public void graph(String name, int nodes, int depth) {
        counter.graph(name, nodes, depth);
    }

    @Override
    public void performed(Operation operation, Turn turn) {
        Cost cost = operation.cost();
        counter.call(operation.name(), cost.bytes(), cost.flops(), cost.type(), Driver.graphOf(turn));
    }

    void write(Path file) throws IOException {
        Files.writeString(file, Json.text(counter.report()));
    }
}
