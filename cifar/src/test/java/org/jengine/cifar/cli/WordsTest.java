package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is printed of numbers, objects and mistyped words. */
class WordsTest {
    @ParameterizedTest
    @CsvSource({"0, 0 bytes", "999, 999 bytes", "1000, 1.00 KB", "9950, 9.95 KB", "9996, 10.0 KB", "153600000, 154 MB", "999499, 999 KB",
        "999500, 1.00 MB", "25276063744, 25.3 GB"})
    void bytes(long bytes, String text) {
        assertEquals(text, Text.bytes(bytes));
    }

    @ParameterizedTest
    @CsvSource({"0.04, 0.0s", "2.14, 2.1s", "59.94, 59.9s", "59.96, 1:00", "185, 3:05", "3723, 1:02:03"})
    void durations(double seconds, String text) {
        assertEquals(text, Text.duration(seconds));
    }

    @ParameterizedTest
    @CsvSource({"'24 80', 80", "'50 132', 132", "'0 0', 80", "'', 80", "none, 0"})
    void theLauncherTellsTheWidth(String size, int columns) {
        assertEquals(columns, Console.columns(size));
    }

    @Test
    void numbersDoNotDependOnWhereTheUserIs() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals("1 250 858", Text.count(1_250_858));
            assertEquals("0.70", Text.format("%.2f", 0.7));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void objectsKeepTheirOrderAndHaveNoNaN() {
        Event event = Event.of("epoch").with("loss", Double.NaN).with("rate", 1e-4).with("third", 1.0 / 3).with("list", List.of(1, 2))
                .with("inner", Event.empty().with("x", true)).with("none", null).with("map", Map.of("k", "v\n\""));
        assertEquals("{\"event\":\"epoch\",\"loss\":null,\"rate\":1.0E-4,\"third\":0.3333333,\"list\":[1,2],\"inner\":{\"x\":true},"
                + "\"none\":null,\"map\":{\"k\":\"v\\n\\\"\"}}", event.toString());
        assertThrows(IllegalStateException.class, () -> Event.of("x").with("object", new Object()).toString());
    }

    @ParameterizedTest
    @CsvSource({"'', abc, 3", "abc, abc, 0", "bacth, batch, 1", "ab, abc, 1", "kitten, sitting, 3"})
    void distances(String a, String b, int slips) {
        assertEquals(slips, Nearest.distance(a, b));
        assertEquals(slips, Nearest.distance(b, a));
    }

    @Test
    void onlyNearWordsAreSuggested() {
        List<String> flags = List.of("--batch", "--epochs", "--seed", "--data");
        assertEquals(Optional.of("--epochs"), Nearest.to("--epoch", flags));
        assertEquals(Optional.of("--seed"), Nearest.to("--sed", flags));
        assertEquals(Optional.empty(), Nearest.to("--quantum", flags));
        assertEquals(Optional.of("deep-cnn"), Nearest.to("deep", List.of("cnn", "deep-cnn")));
    }
}
