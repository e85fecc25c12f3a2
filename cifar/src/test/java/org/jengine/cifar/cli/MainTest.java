package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    @TempDir
    private Path folder;
    private TestConsole console;

    @BeforeEach
    void open() {
        console = new TestConsole(folder);
    }

    @ParameterizedTest
    @CsvSource({"usage, 2", "corrupt, 3", "network, 3", "busy, 3", "checkpoint, 3", "no-device, 4", "device, 4", "memory, 5", "heap, 5",
        "diverged, 6", "disk, 7", "download-disk, 7", "io, 7", "bug, 1"})
    void everyFaultHasItsCodeAndAShortMessage(String kind, int code) {
        assertEquals(code, console.run("fault", kind));
        assertEquals("", console.out());
        assertTrue(console.err().startsWith("jengine: "), console.err());
        assertTrue(console.err().lines().count() <= 4, console.err());
        assertFalse(console.err().contains("\tat "), "no stack trace unless asked for:\n" + console.err());

        TestConsole json = new TestConsole(folder);
        assertEquals(code, json.run("fault", kind, "--json"));
        Map<String, Object> event = json.events().get(0);
        assertEquals(1, json.events().size());
        assertEquals("error", event.get("event"));
        assertEquals(code, event.get("exit"));
        assertFalse(String.valueOf(event.get("message")).isBlank());
        assertEquals("", json.err());
    }

    @Test
    void verboseShowsTheTrace() {
        assertEquals(ExitCode.DATA, console.run("fault", "corrupt", "-v"));
        assertTrue(console.err().contains("\tat org.jengine.cifar.cli.FaultCommand.call"), console.err());
    }

    @Test
    void longMessagesAreCut() {
        console.run("fault", "long");
        assertEquals("jengine: 1\n2\n3\n4\n", console.err().replace("\r\n", "\n"));
    }

    @Test
    void diskFaultsTellNeedAndRoom() {
        console.run("fault", "disk");
        assertTrue(console.err().matches("(?s)jengine: cannot write \\S+file: No space left on device \\(needs 10 bytes, .+ free\\).*"),
                console.err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "train cnn --epoch 3           | unknown option '--epoch'              | --epochs",
        "train cnn --bacth=3           | unknown option '--bacth'              | --batch",
        "train deepcnn                 | no net 'deepcnn'                      | deep-cnn",
        "trian cnn                     | no command 'trian'                    | train",
        "data fetsh                    | no command 'fetsh'                    | fetch",
        "train cnn --opt adm           | no optimiser 'adm'                    | adam",
        "train cnn --device hots       | no device 'hots'                      | host",
        "doctor --device hots          | no device 'hots'                      | host",
    })
    void mistypedWordsGetTheNearestOne(String line, String complaint, String suggestion) {
        assertEquals(ExitCode.USAGE, console.run(line.trim().split(" ")));
        assertTrue(console.err().contains(complaint), console.err());
        assertTrue(console.err().contains("did you mean " + suggestion + "?"), console.err());
        assertEquals("", console.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "train                         | NET",
        "train cnn mlp                 | one word too many: 'mlp'",
        "train cnn --batch 0           | --batch must be 1 or more, got 0",
        "train cnn --batch all         | 'all' is neither a whole number nor auto",
        "train cnn --epochs 0          | --epochs must be 1 or more, got 0",
        "train cnn --lr -1             | --lr must be more than 0",
        "train cnn --lr nan            | 'nan' is not a double",
        "train cnn --limit 0           | --limit must be 1 or more",
        "train cnn --threads -1        | --threads must be 0",
        "train cnn --smoothing 1       | --smoothing must be",
        "train cnn --wd -1             | --wd must be 0 or more",
        "train cnn --schedule swing    | no schedule 'swing'",
        "train cnn --augment crop      | no augmentation 'crop'",
        "train cnn --precision fp16    | no precision 'fp16'; there are fp32, tf32, bf16",
        "train cnn --name ../up        | --name may hold",
        "train cnn --weights nowhere   | no weights file",
        "train cnn --device host:x     | not a device: 'host:x'",
        "train cnn --device cuda:0.0   | not a device: 'cuda:0.0'",
        "train cnn --device opencl:0.x | not a device: 'opencl:0.x'",
        "train cnn --device host --tier cublas  | there is no tier 'cublas' on host",
        "train cnn --device cuda --tier cufft   | no tier 'cufft'; there are driver, cublas, cudnn",
        "doctor --device cuda:x        | not a device: 'cuda:x'",
        "doctor --device opencl:x      | not a device: 'opencl:x'",
        "doctor --device host:x        | not a device: 'host:x'",
        "eval nowhere                  | no weights file, and no run in",
        "show cnn --batch 0            | --batch must be 1 or more",
        "data                          | fetch, verify or info",
    })
    void whatCannotBeIsRefusedByName(String line, String complaint) {
        assertEquals(ExitCode.USAGE, console.run(line.trim().split(" ")));
        assertTrue(console.err().contains(complaint), console.err());
        assertTrue(console.err().lines().count() <= 4, console.err());
    }

    @Test
    void noCommandIsAMistakeThatNamesAll() {
        assertEquals(ExitCode.USAGE, console.run());
        for (String command : new String[] {"train", "eval", "show", "data", "devices", "doctor"}) {
            assertTrue(console.err().contains(command), console.err());
        }
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertEquals(ExitCode.DONE, console.run("train", "--help"));
        assertTrue(console.out().contains("--schedule=WHAT"), console.out());
        assertEquals(ExitCode.DONE, console.run("--version"));
        assertTrue(console.out().contains("jengine "), console.out());
        assertEquals("", console.err());
    }

    @Test
    void devicesListsEveryKindOrWhyThereIsNone() {
        assertEquals(ExitCode.DONE, console.run("devices"));
        assertTrue(console.out().startsWith("host "), console.out());
        assertTrue(console.out().lines().anyMatch(l -> l.matches("cuda:[0-9]+ .*|cuda +not usable: .*")), console.out());
        assertTrue(console.out().lines().anyMatch(l -> l.matches("opencl:[0-9.]+ .*|opencl +not usable: .*")), console.out());
        TestConsole json = new TestConsole(folder);
        assertEquals(ExitCode.DONE, json.run("devices", "--json"));
        assertEquals("host", json.events().get(0).get("id"));
        assertEquals(List.of("host", "cuda", "opencl"), json.events().stream().map(e -> e.get("backend")).distinct().toList());
    }

    @Test
    void doctorLooksAtTheHostLayerByLayer() {
        assertEquals(ExitCode.DONE, console.run("doctor", "--device", "host"));
        List<String> lines = console.out().lines().toList();
        assertEquals("host     usable: host", lines.get(0));
        assertTrue(lines.get(1).matches("  ok     CPU         .+, [0-9]+ threads"), console.out());
        assertTrue(lines.get(2).matches("  ok     oneDNN      [0-9.]+"), console.out());
        assertTrue(lines.get(3).matches("  (ok |off)    bf16        .*"), console.out());
        assertEquals("  ok     kernels     right on host: relu_fwd_f32, softmax_xent_f32, adam_f32", lines.get(4));
        assertTrue(lines.get(5).matches("verdict  usable: host  \\([0-9.]+s\\)"), console.out());
        assertEquals(6, lines.size(), console.out());
        assertEquals("", console.err());
    }

    @Test
    void doctorSaysWhichDeviceIsNotThere() {
        assertEquals(ExitCode.DEVICE, console.run("doctor", "--device", "opencl:4711", "--json"));
        List<Map<String, Object>> events = console.events();
        Map<String, Object> fault = events.get(events.size() - 3);
        assertEquals("fault", fault.get("state"));
        assertEquals(Map.of("event", "diagnosis", "backend", "opencl", "device", "", "usable", false), events.get(events.size() - 2));
        assertEquals(List.of(), events.get(events.size() - 1).get("usable"));
        assertEquals(ExitCode.DEVICE, events.get(events.size() - 1).get("exit"));
    }

    @Test
    void aDeviceThatIsNotThereIsADeviceFault() {
        assertEquals(ExitCode.DEVICE, console.run("train", "lr", "--device", "opencl:4711.0"));
        assertTrue(console.err().contains("OpenCL") || console.err().contains("opencl:4711.0"), console.err());
        TestConsole cuda = new TestConsole(folder);
        assertEquals(ExitCode.DEVICE, cuda.run("train", "lr", "--device", "cuda:4711"));
        assertTrue(cuda.err().contains("NVIDIA") || cuda.err().contains("cuda:4711"), cuda.err());
    }
}
