package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.jengine.nn.EpochResult;
import org.jengine.nn.TrainListener.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextOutputTest {
    private static final EpochResult RESULT = new EpochResult(3, 1.6121, 0.4123, 1.2041, 0.5714, 1e-3, 23_810.4, 2.1, 2.3, true);

    private static TextOutput planned(TestConsole console) {
        TextOutput output = new TextOutput(console.console());
        output.planning(128);
        return output;
    }

    @Test
    void theBarMovesOverItselfOnATerminal() {
        TestConsole console = new TestConsole(Path.of(""), 120);
        TextOutput output = planned(console);
        output.progress(new Progress(3, 25, 141, 391, 0.7));
        assertEquals("  3/25 [#########................] 141/391  0.7s  25 783 img/s  eta 0:44",
                console.out().split("\r")[1].stripTrailing());
        output.epoch(new EpochReport(RESULT, 25, 50.6, "CIFAR-10", false));
        String[] drawn = console.out().split("\r");
        assertEquals("  3/25 [#########################] 2.3s  23 810 img/s  loss 1.612 acc 0.412 | val loss 1.204 acc 0.571 * eta 0:51",
                drawn[2].stripTrailing());
        assertTrue(drawn[2].length() >= drawn[1].length(), "the shorter line covers the longer one");
        assertTrue(console.out().endsWith(System.lineSeparator()));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 60, 80, 200})
    void theMovingLineFitsTheTerminal(int columns) {
        TestConsole console = new TestConsole(Path.of(""), columns);
        TextOutput output = planned(console);
        for (int step = 0; step <= 391; step += 17) {
            output.progress(new Progress(99, 100, step, 391, step * 0.1));
        }
        for (String line : console.out().split("\r")) {
            assertTrue(line.length() < columns, line.length() + " columns of " + columns + ": " + line);
        }
    }

    @Test
    void aNoteDoesNotTearTheBar() {
        TestConsole console = new TestConsole(Path.of(""), 100);
        TextOutput output = planned(console);
        output.progress(new Progress(1, 2, 10, 391, 0.7));
        output.note("the disk is full");
        assertTrue(console.out().endsWith(System.lineSeparator()));
        assertEquals("the disk is full" + System.lineSeparator(), console.err());
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 80})
    void planningIsSaidUntilSomethingElseIs(int columns) {
        TestConsole console = new TestConsole(Path.of(""), columns);
        TextOutput output = new TextOutput(console.console());
        output.planning(128);
        assertTrue(console.out().startsWith("planning") && console.out().length() < columns, console.out());
        output.header("memory", "much", null);
        assertTrue(console.out().split("\r")[1].startsWith("memory   much"), console.out());
    }

    @Test
    void nothingMovesInALog() {
        TestConsole console = new TestConsole(Path.of(""), 0);
        TextOutput output = new TextOutput(console.console());
        output.planning(128);
        output.progress(new Progress(1, 2, 10, 391, 0.7));
        assertEquals("", console.out());
        output.epoch(new EpochReport(RESULT, 25, 50.6, "synthetic", true));
        assertEquals("epoch=3/25 train_loss=1.6121 train_accuracy=0.4123 val_loss=1.2041 val_accuracy=0.5714 images_per_second=23810 "
                + "seconds=2.30 eta_seconds=51 best=true data=synthetic" + System.lineSeparator(), console.out());
    }

    @Test
    void syntheticIsSaidBehindTheBarToo() {
        assertTrue(new EpochReport(RESULT, 25, 1, "synthetic", true).text().contains("synthetic val loss"));
        assertFalse(new EpochReport(RESULT, 25, 1, "CIFAR-10", false).text().contains("synthetic"));
        assertFalse(new EpochReport(RESULT, 3, 0, "CIFAR-10", false).text().contains("eta"), "the last epoch has none");
    }
}
