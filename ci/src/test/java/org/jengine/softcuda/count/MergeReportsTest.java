package org.jengine.softcuda.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.check.FaultLog;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.check.Script;
import org.jengine.softcuda.json.Json;
import org.jengine.softcuda.json.JsonReader;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.work.Turn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes leave behind, and what is made of it. */
class MergeReportsTest {
    @TempDir
    private Path folder;

    private static String report(String kernel, int times) {
        Counter counter = new Counter(CounterTest.A100);
        for (int i = 0; i < times; i++) {
            List<String> text = List.of("add.f32 %f1, %f1, %f2;");
            Launch launch = new Launch(Script.kernelOf(kernel, text, 0), 2, 1, 1, 64, 1, 1, 0, new byte[0], false);
            counter.begin(launch, new Turn(1 + i, kernel, "stream 1", earlier -> true)).executes(0, new long[] {-1L}, false);
        }
        counter.call("cuMemcpyHtoD", 100, 0, "f32", null);
        return Json.text(counter.report());
    }

    @Test
    void rowsOfOneNameBecomeOne() throws IOException {
        Files.writeString(folder.resolve("1.json"), report("relu", 3));
        Files.writeString(folder.resolve("2.json"), report("relu", 2));
        Files.writeString(folder.resolve("3.json"), report("adam", 1));
        Path to = folder.resolve("all.txt");
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        MergeReports.merge(folder, to, new PrintStream(table, true, StandardCharsets.UTF_8));
        Map<?, ?> merged = (Map<?, ?>) JsonReader.read(Files.readString(to));
        assertEquals("A100", merged.get("gpu"));
        List<?> kernels = (List<?>) merged.get("kernels");
        assertEquals(2, kernels.size());
        Map<?, ?> relu = (Map<?, ?>) kernels.get(0);
        assertEquals("relu", relu.get("name"));
        assertEquals(5.0, relu.get("launches"));
        assertEquals(Map.of("f32", 320.0), relu.get("instructions"));
        assertEquals(64.0, ((Map<?, ?>) relu.get("shape")).get("threadsOfBlock"));
        assertEquals(300.0, ((Map<?, ?>) ((List<?>) merged.get("calls")).get(0)).get("bytes"));
        String text = table.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("relu") && text.contains("adam") && text.contains("cuMemcpyHtoD"), text);
    }

    @Test
    void aFolderWithoutReportsIsAnError() throws IOException {
        assertThrows(IOException.class, () -> MergeReports.merge(folder, folder.resolve("all"), System.out));
        Files.writeString(folder.resolve("1.json"), "{\"kernels\": 3");
        assertTrue(assertThrows(IOException.class, () -> MergeReports.merge(folder, folder.resolve("all"), System.out)).getMessage()
                .contains("1.json is no report"));
    }

    @Test
    void faultsAreLinesOfJson() throws IOException {
        Path file = folder.resolve("faults");
        FaultLog log = new FaultLog(file);
        log.accept(new Report(Rule.GLOBAL_RACE, "two \"threads\"", "kernel a\\b\nkernel \u00fc"));
        log.accept(new Report(Rule.OUT_OF_BOUNDS, "", ""));
        List<String> lines = Files.readAllLines(file);
        assertEquals(2, lines.size());
        assertEquals(Map.of("rule", "GLOBAL_RACE", "fatal", false, "message", "two \"threads\"", "where", "kernel a\\b\nkernel \u00fc"),
                JsonReader.read(lines.get(0)));
        assertEquals(true, ((Map<?, ?>) JsonReader.read(lines.get(1))).get("fatal"));
    }

    @Test
    void jsonComesBackAsItWas() {
        String text = "{\"a\":[1,-2.5,1.0E300,true,false,null,{}],\"\\u0001\\\"\\\\\\n\\t\":[],\"b\":\"\\ud83d\\ude00\"}";
        assertEquals(text, Json.line(JsonReader.read(text)));
        assertEquals("{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}\n", Json.text(JsonReader.read("{\"a\":[1,2],\"b\":{}}")));
        assertEquals("[null]", Json.line(List.of(Double.NaN)));
        for (String wrong : new String[] {"", "{", "[1,", "[1 2]", "{\"a\" 1}", "\"\\x\"", "nul", "1 2", "\"\\u12"}) {
            assertThrows(IllegalArgumentException.class, () -> JsonReader.read(wrong), wrong);
        }
    }
}
