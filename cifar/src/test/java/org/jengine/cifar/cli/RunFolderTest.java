package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jengine.cifar.Nets;
import org.jengine.nn.Checkpoint;
import org.jengine.nn.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    @TempDir
    private Path parent;

    @Test
    void twoRunsOfOneMinuteHaveTheirOwnFolders() {
        RunFolder a = RunFolder.create(parent.resolve("runs"), "lr");
        RunFolder b = RunFolder.create(parent.resolve("runs"), "lr");
        assertNotEquals(a.folder(), b.folder());
        assertTrue(a.folder().getFileName().toString().endsWith("_lr_" + a.id()));
    }

    @Test
    void linesThatTheDiskRefusesAreKeptForLater() throws IOException {
        RunFolder run = RunFolder.create(parent, "lr");
        List<String> notes = new ArrayList<>();
        Path metrics = run.file(RunFolder.METRICS);
        Files.createDirectory(metrics);
        run.metric(Event.of("epoch").with("epoch", 1), notes::add);
        run.metric(Event.of("epoch").with("epoch", 2), notes::add);
        assertEquals(1, notes.size(), "told once: " + notes);
        assertTrue(notes.get(0).contains(metrics.toString()) && notes.get(0).contains("tries again"), notes.get(0));
        Files.delete(metrics);
        run.metric(Event.of("epoch").with("epoch", 3), notes::add);
        assertEquals(List.of(1, 2, 3), Files.readAllLines(metrics).stream().map(l -> TestConsole.json(l).get("epoch")).toList());
    }

    @Test
    void theTrialLeavesNothing() throws IOException {
        RunFolder run = RunFolder.create(parent, "lr");
        run.tryRoomFor(3_000_000);
        try (var files = Files.list(run.folder())) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void writingWhereThereIsNoFolderNamesTheFile() throws IOException {
        RunFolder run = RunFolder.create(parent, "lr");
        Files.delete(run.folder());
        for (Runnable write : List.<Runnable>of(() -> run.describe(Event.empty()), () -> run.tryRoomFor(10), () -> run.save(RunFolder.BEST,
                new Checkpoint(Nets.find("lr").orElseThrow().net(), zeros(), Map.of())))) {
            DiskException fault = assertThrows(DiskException.class, write::run);
            assertTrue(fault.getMessage().contains(run.folder().toString()), fault.getMessage());
            assertFalse(fault.getMessage().lines().count() > 4, fault.getMessage());
        }
    }

    private static Weights zeros() {
        Map<String, Weights.Tensor> tensors = new java.util.LinkedHashMap<>();
        Nets.find("lr").orElseThrow().net().weights().forEach(w -> tensors.put(w.name(),
                new Weights.Tensor(w.spec().shape(), new float[Math.toIntExact(w.spec().shape().count())])));
        return new Weights(tensors);
    }
}
