package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jengine.nn.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
    @TempDir
    private Path folder;

    @Test
    void jsonIsOneObjectAnEventAndNothingElse() throws IOException {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DONE, console.run("train", "lr", "--limit", "300", "--epochs", "3", "--batch", "64", "--json"),
                console.out());
        List<Map<String, Object>> events = console.events();
        assertEquals(List.of("device", "data", "net", "memory", "run", "epoch", "epoch", "epoch", "done"),
                events.stream().map(e -> e.get("event")).toList());
        assertEquals("", console.err());
        for (int i = 1; i <= 3; i++) {
            Map<String, Object> epoch = events.get(4 + i);
            assertEquals(i, epoch.get("epoch"));
            for (String field : Set.of("train_loss", "train_accuracy", "val_loss", "val_accuracy", "images_per_second", "seconds")) {
                assertTrue(epoch.get(field) instanceof Number n && n.doubleValue() >= 0, field + " of " + epoch);
            }
            assertEquals("synthetic (first 300)", epoch.get("data"));
        }
        Map<String, Object> done = events.get(8);
        assertEquals("done", done.get("status"));
        assertEquals(0, done.get("exit"));
        assertEquals(true, done.get("synthetic"));
        assertNull(done.get("expected_met"), "a synthetic result is never judged by CIFAR-10's");
        assertTrue(done.containsKey("expected_met"));
        double best = events.subList(5, 8).stream().mapToDouble(e -> ((Number) e.get("val_accuracy")).doubleValue()).max().orElseThrow();
        assertEquals(best, ((Number) done.get("best_val_accuracy")).doubleValue(), 1e-9);
        assertTrue(Files.isRegularFile(Path.of((String) done.get("best_weights"))));
        assertTrue(Files.isRegularFile(Path.of((String) done.get("last_weights"))));

        Path run = onlyRun();
        assertEquals(events.get(4).get("folder"), run.toString());
        assertEquals(events.subList(5, 8), Files.readAllLines(run.resolve("metrics.jsonl")).stream().map(TestConsole::json).toList());
    }

    @Test
    void aLogHasNoControlCharactersAndSaysSynthetic() throws IOException {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DONE, console.run("train", "lr", "--limit", "200", "--epochs", "2"), console.err());
        String out = console.out().replace("\r\n", "\n");
        assertFalse(out.chars().anyMatch(c -> c < 32 && c != '\n'), "a control character in " + out);
        assertEquals(2, out.lines().filter(l -> l.matches("epoch=[12]/2 train_loss=\\d\\.\\d{4} train_accuracy=\\d\\.\\d{4} "
                + "val_loss=\\d\\.\\d{4} val_accuracy=\\d\\.\\d{4} images_per_second=\\d+ seconds=\\d+\\.\\d\\d eta_seconds=\\d+ "
                + "best=(true|false) data=synthetic")).count(), out);
        assertTrue(out.contains("data     synthetic (first 200)  200 train / 200 val (val = test set)"), out);
        assertTrue(out.contains("best synthetic val acc"), out);
        assertTrue(out.contains("not judged: the data are synthetic"), out);

        Path run = onlyRun();
        assertTrue(run.getFileName().toString().matches("\\d{4}-\\d\\d-\\d\\d_\\d{4}_lr_synthetic_[a-z0-9]{3}"), run.toString());
        for (String file : new String[] {RunFolder.BEST, RunFolder.LAST}) {
            Checkpoint saved = Checkpoint.load(run.resolve(file));
            assertEquals("lr", saved.net().name());
            assertEquals("synthetic (first 200)", saved.metadata().get("data"));
            assertEquals("true", saved.metadata().get("synthetic"));
        }
        Map<String, Object> record = TestConsole.json(Files.readString(run.resolve("run.json")));
        assertEquals("done", record.get("status"));
        assertEquals(42, record.get("seed"));
        assertNotNull(record.get("result"));
        assertEquals("synthetic (first 200)", ((Map<?, ?>) record.get("data")).get("name"));
        try (Stream<Path> files = Files.list(run)) {
            assertEquals(Set.of("best.safetensors", "last.safetensors", "metrics.jsonl", "run.json"),
                    Set.copyOf(files.map(f -> f.getFileName().toString()).toList()), "nothing else is left");
        }
    }

    @Test
    void evalFindsWhatTrainingFound() throws IOException {
        TestConsole train = new TestConsole(folder);
        assertEquals(ExitCode.DONE, train.run("train", "lr", "--limit", "300", "--epochs", "2", "--json"), train.out());
        Map<String, Object> done = train.events().get(train.events().size() - 1);
        String id = onlyRun().getFileName().toString().replaceFirst(".*_", "");
        for (String what : new String[] {id, onlyRun().toString(), (String) done.get("best_weights")}) {
            TestConsole eval = new TestConsole(folder);
            assertEquals(ExitCode.DONE, eval.run("eval", what, "--limit", "300", "--json"), eval.out());
            Map<String, Object> result = eval.events().get(eval.events().size() - 1);
            assertEquals("done", result.get("event"));
            assertEquals(((Number) done.get("best_val_accuracy")).doubleValue(), ((Number) result.get("val_accuracy")).doubleValue(), 1e-6);
            assertEquals(((Number) done.get("best_val_loss")).doubleValue(), ((Number) result.get("val_loss")).doubleValue(), 1e-4);
            assertEquals(300, result.get("images"));
        }

        TestConsole other = new TestConsole(folder);
        assertEquals(ExitCode.DONE, other.run("eval", id, "--limit", "100"), other.err());
        assertTrue(other.err().contains("trained on synthetic (first 300), not on synthetic (first 100)"), other.err());
        assertTrue(other.out().contains("synthetic val loss"), other.out());
    }

    @Test
    void trainingGoesOnFromSavedWeights() throws IOException {
        TestConsole first = new TestConsole(folder);
        assertEquals(ExitCode.DONE, first.run("train", "lr", "--limit", "300", "--epochs", "8", "--batch", "32", "--json"), first.out());
        double before = number(first.events().get(5), "train_loss");
        TestConsole second = new TestConsole(folder);
        assertEquals(ExitCode.DONE, second.run("train", "lr", "--limit", "300", "--epochs", "1", "--batch", "32", "--json", "--weights",
                onlyRun().toString()), second.out());
        double after = number(second.events().get(5), "train_loss");
        assertTrue(after < before, after + " after, " + before + " before");

        TestConsole wrong = new TestConsole(folder);
        assertEquals(ExitCode.USAGE, wrong.run("train", "mlp", "--limit", "300", "--weights", first.events().get(13)
                .get("last_weights").toString()));
        assertTrue(wrong.err().contains("whose layers are not those of mlp"), wrong.err());
    }

    @Test
    void sameSeedSameRun() throws IOException {
        List<Object> losses = Stream.of("7", "7", "8").<Object>map(seed -> {
            TestConsole console = new TestConsole(folder);
            assertEquals(ExitCode.DONE, console.run("train", "lr", "--limit", "200", "--epochs", "2", "--seed", seed, "--augment",
                    "flip,crop4,cutout8", "--schedule", "cosine", "--threads", "1", "--json"), console.out());
            return console.events().get(6).get("train_loss");
        }).toList();
        assertEquals(losses.get(0), losses.get(1));
        assertFalse(losses.get(0).equals(losses.get(2)), "another seed gave the same loss: " + losses);
    }

    @Test
    void anInterruptedRunSavesAndTellsHowToGoOn() throws IOException {
        TestConsole console = new TestConsole(folder);
        console.console().interrupt().token().cancel();
        assertEquals(ExitCode.INTERRUPTED, console.run("train", "lr", "--limit", "300", "--epochs", "4"), console.err());
        Path last = onlyRun().resolve(RunFolder.LAST);
        assertTrue(Files.isRegularFile(last));
        assertTrue(console.out().contains("go on    jengine train lr --weights " + last + " --epochs 4"), console.out());
        assertEquals("interrupted", TestConsole.json(Files.readString(onlyRun().resolve("run.json"))).get("status"));
    }

    @Test
    void aLossThatIsNoNumberStopsTheRun() throws IOException {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DIVERGED, console.run("train", "lr", "--limit", "640", "--epochs", "3", "--opt", "sgd", "--lr", "1e5",
                "--wd", "1e5"),
                console.out());
        assertTrue(console.err().contains("learning rate"), console.err());
        assertEquals("failed:6", TestConsole.json(Files.readString(onlyRun().resolve("run.json"))).get("status"));
    }

    @Test
    void aRunFolderThatCannotBeMadeIsADiskFault() throws IOException {
        Files.writeString(folder.resolve("file"), "in the way");
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DISK, console.run("train", "lr", "--limit", "100", "--run-dir", "file/runs"), console.out());
        assertTrue(console.err().contains("file" + java.io.File.separator + "runs"), console.err());
        assertTrue(console.err().contains("--run-dir"), console.err());
    }

    @Test
    void missingDataIsADataFault() {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DATA, console.run("train", "lr", "--data", "nowhere", "--json"));
        assertEquals("error", console.events().get(console.events().size() - 1).get("event"));
        assertEquals(3, console.events().get(console.events().size() - 1).get("exit"));
        assertFalse(Files.exists(folder.resolve("runs")), "nothing is left of a run that never began");
    }

    @Test
    void quietPrintsTheResultOnly() {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DONE, console.run("train", "lr", "--limit", "100", "--epochs", "1", "-q", "--name", "mine"), console.err());
        assertTrue(console.err().contains("a batch of 128 is more than the 100 training images"), console.err());
        assertEquals(3, console.out().lines().count(), console.out());
        assertTrue(console.out().startsWith("done "), console.out());
        assertTrue(console.out().contains("_mine_synthetic_"), console.out());
    }

    @Test
    void precisionsAndOptimisersOfTheCommandLineReachTheRecord() throws IOException {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DONE, console.run("train", "lr", "--limit", "100", "--epochs", "1", "--opt", "sgd", "--lr", "0.05", "--wd",
                "0.001", "--schedule", "step:1:0.5", "--smoothing", "0.1", "--augment", "flip", "--batch", "50"), console.err());
        Map<String, Object> record = TestConsole.json(Files.readString(onlyRun().resolve("run.json")));
        assertEquals(0.05, record.get("learning_rate"));
        assertEquals("step:1:0.5", record.get("schedule"));
        assertEquals("flip", record.get("augment"));
        assertEquals(0.1, record.get("label_smoothing"));
        assertEquals(50, record.get("batch"));
        assertEquals("fp32", record.get("precision"));
        assertTrue(record.get("optimizer").toString().startsWith("sgd 0.05"), record.toString());
    }

    private static double number(Map<String, Object> event, String field) {
        return ((Number) event.get(field)).doubleValue();
    }

    private Path onlyRun() throws IOException {
        try (Stream<Path> runs = Files.list(folder.resolve("runs"))) {
            List<Path> all = runs.toList();
            assertEquals(1, all.size(), all.toString());
            return all.get(0);
        }
    }
}
