package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jengine.softcuda.programs.Softcuda;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line on machines whose CUDA is missing, old, busy, small or breaks, each played by a process of its own. */
class CudaFaultsTest {
    private static final int DEVICE = 4;
    private static final int MEMORY = 5;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LARGEST = Pattern.compile("the largest batch that fits: ([0-9]+) \\(--batch \\1\\)");

    private static Path soft;

    @TempDir
    private Path folder;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeAll
    static void build(@TempDir Path temporary) throws Exception {
        Softcuda.assumeItCanBeBuilt();
        soft = Path.of(Softcuda.run(temporary, "--build").out().strip());
    }

    @BeforeEach
    void checkNothing() {
        environment.put("SOFTCUDA_CHECK", "0");
    }

    private Command.Result jengine(Path driver, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Softcuda.java(), "-Xmx512m", "-Djengine.cuda.tuning=false"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        if (driver != null) {
            command.add("-Djengine.cuda.lib=" + driver);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.jengine.cifar.cli.Main"));
        command.addAll(List.of(words));
        Command made = Command.of(folder, command.toArray(new String[0])).without("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
                .with("XDG_CACHE_HOME", folder.resolve("cache").toString());
        environment.forEach(made::with);
        return made.run();
    }

    private Command.Result train(Path driver, String device, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("train", "lr", "--device", device, "--data", "synthetic", "--limit", "32"));
        words.addAll(List.of(more));
        return jengine(driver, words.toArray(new String[0]));
    }

    /** A driver library of these functions alone. */
    private Path driver(String functions) throws Exception {
        Path source = Files.writeString(folder.resolve("driver.c"), functions + "\n");
        Command.Result made = Command.of(folder, "gcc", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o", "libcuda.so.1",
                source.toString()).run();
        assertEquals(0, made.status(), made::toString);
        return folder;
    }

    private JsonNode record() throws IOException {
        try (Stream<Path> runs = Files.list(folder.resolve("runs"))) {
            return JSON.readTree(Files.readString(runs.findFirst().orElseThrow().resolve("run.json")));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "*v = 11040; return 0; | | the NVIDIA driver is too old: it speaks CUDA 11.4, and 12.0 is needed. | Update it to 525 or newer",
        "return 34; | | libcuda.so.1 is the toolkit's stub, which programs are linked with | LD_LIBRARY_PATH",
        "*v = 12080; return 0; | return 100; | the NVIDIA driver sees no GPU (cuInit -> CUDA_ERROR_NO_DEVICE (100) | --gpus all",
        "*v = 12080; return 0; | return 803; | the NVIDIA driver was updated and its kernel module was not      | restart the machine",
    })
    void aDriverThatDoesNotServeEndsWithFourAndTheRemedy(String version, String init, String complaint, String remedy) throws Exception {
        String start = init == null ? "return 0;" : init;
        Path lib = driver("int cuDriverGetVersion(int *v) { " + version + " } int cuInit(unsigned f) { " + start + " }");
        Command.Result run = train(lib, "cuda");
        assertEquals(DEVICE, run.status(), run::toString);
        assertTrue(run.err().startsWith("jengine: " + complaint), run::toString);
        assertTrue(run.err().contains(remedy) && run.err().lines().count() <= 4, run::toString);
        assertFalse(Files.exists(folder.resolve("runs")), "nothing is left of a run that never began");

        Command.Result doctor = jengine(lib, "doctor", "--device", "cuda");
        assertEquals(DEVICE, doctor.status(), doctor::toString);
        assertTrue(doctor.out().contains("fault ") && doctor.out().contains(complaint) && doctor.out().contains(remedy), doctor::toString);
        assertTrue(doctor.out().contains("verdict  not usable: cuda"), doctor::toString);
    }

    @Test
    void withoutADriverAutoTakesAnotherAndSaysWhy() throws Exception {
        // The dynamic linker looks here first, and takes a file that is no library for the answer.
        Files.writeString(folder.resolve("libcuda.so.1"), "no library\n");
        environment.put("LD_LIBRARY_PATH", folder.toString());
        Command.Result run = train(null, "auto", "--threads", "1", "--epochs", "1");
        assertEquals(0, run.status(), run::toString);
        assertTrue(run.out().startsWith("device   host  "), run::toString);
        assertTrue(run.out().contains(" not cuda: libcuda.so.1 not found: no NVIDIA driver (in a container: start it with --gpus all)."),
                run::toString);
        Command.Result doctor = jengine(null, "doctor");
        assertEquals(0, doctor.status(), doctor::toString);
        assertTrue(doctor.out().contains("fault  driver      libcuda.so.1 not found"), doctor::toString);
        assertTrue(doctor.out().contains("verdict  usable: host"), doctor::toString);
    }

    @Test
    void aBusyGpuEndsWithFourAndAutoTakesTheNext() throws Exception {
        environment.put("SOFTCUDA_FAIL", "cuDevicePrimaryCtxRetain=46");
        Command.Result run = train(soft, "cuda");
        assertEquals(DEVICE, run.status(), run::toString);
        String why = "cuda:0 (NVIDIA H100 80GB HBM3) is in use by another process, or none may use it (its compute mode)";
        assertTrue(run.err().startsWith("jengine: " + why + "; nvidia-smi shows who uses it."), run::toString);

        environment.put("SOFTCUDA_FAIL", "cuDevicePrimaryCtxRetain@1=46");
        environment.put("SOFTCUDA_GPU", "h100,t4");
        run = train(soft, "auto", "--epochs", "1", "--batch", "16");
        assertEquals(0, run.status(), run::toString);
        assertTrue(run.out().startsWith("device   cuda:1  Tesla T4"), run::toString);
        assertTrue(run.out().contains(" auto: cuda:1, the first GPU that can be used"), run::toString);
        assertTrue(run.out().contains(" not cuda:0: " + why), run::toString);
    }

    @Test
    void aPlanThatDoesNotFitEndsWithFiveAndTheLargestBatchThatDoes() throws Exception {
        Path small = Files.writeString(folder.resolve("small.properties"),
                text("t4").replaceFirst("(?m)^memory = .*$", "memory = 460000000"));
        environment.put("SOFTCUDA_GPU", small.toString());
        String[] words = "train deep-cnn --device cuda --tier driver --data synthetic --limit 500 --epochs 1 --batch 400".split(" ");
        Command.Result run = jengine(soft, words);
        assertEquals(MEMORY, run.status(), run::toString);
        assertTrue(Pattern.compile("^jengine: out of device memory: batch 400 of deep-cnn needs [0-9]+ MB "
                + "\\(data .*, params .*, acts .*\\) on cuda:0 \\(Tesla T4\\); [0-9.]+ MB of 460 MB are free\n")
                .matcher(run.err()).find(), run::toString);
        Matcher largest = LARGEST.matcher(run.err());
        assertTrue(largest.find(), run::toString);
        assertEquals("failed:5", record().get("status").textValue());

        // That batch gets beyond planning.
        environment.put("SOFTCUDA_FAIL", "cuGraphLaunch=2");
        words[words.length - 1] = largest.group(1);
        run = jengine(soft, words);
        assertEquals(MEMORY, run.status(), run::toString);
        assertTrue(run.out().contains("\nmemory "), run::toString);
        assertTrue(run.err().startsWith("jengine: cuGraphLaunch -> CUDA_ERROR_OUT_OF_MEMORY (2) on cuda:0: graph train"), run::toString);

        // Of the recipe's, auto takes what fits, and the rate that goes with it.
        words[words.length - 1] = "auto";
        run = jengine(soft, words);
        assertEquals(MEMORY, run.status(), run::toString);
        Matcher taken = Pattern.compile("^a batch of 128 does not fit into the device's memory: ([0-9]+) are taken, the most that do, "
                + "and a learning rate of ([0-9.E-]+)\n").matcher(run.err());
        assertTrue(taken.find(), run::toString);
        int batch = Integer.parseInt(taken.group(1));
        assertEquals(1e-3 * Math.sqrt(batch / 128.0), Double.parseDouble(taken.group(2)), 1e-5);
        assertTrue(batch > 1, run::toString);
        assertTrue(run.out().contains("  batch " + batch + "  "), run::toString);
    }

    private static String text(String gpu) throws IOException {
        return Files.readString(Project.root().resolve("ci/src/main/resources/org/jengine/softcuda/gpu/" + gpu + ".properties"));
    }

    /** Each operation is run once before a graph holds it; what fails then is left to a kernel of ours. */
    @Test
    void whatCudnnFailsToRunIsDoneByAKernelOfOursAndSaid() throws Exception {
        environment.put("SOFTCUDA_FAIL", "cudnnBackendExecute@1=5000");
        String[] words = "train cnn --device cuda --tier cudnn --data synthetic --limit 32 --epochs 1 --batch 16".split(" ");
        Command.Result run = jengine(soft, words);
        assertEquals(0, run.status(), run::toString);
        String failure = "cudnnBackendExecute -> CUDNN_STATUS_EXECUTION_FAILED (5000): cuDNN conv ";
        assertEquals(1, run.out().lines().filter(l -> l.matches("warning +cuDNN failed, so that a kernel of ours takes its place: "
                + Pattern.quote(failure) + ".*")).count(), run::toString);
        List<String> choices = new ArrayList<>();
        record().get("choices").forEach(c -> choices.add(c.textValue()));
        assertEquals(1, choices.stream().filter(c -> c.startsWith("ptx, since cuDNN failed: " + failure)).count(), choices::toString);
        assertTrue(choices.stream().anyMatch(c -> c.startsWith("cuDNN engine ")), choices::toString);
    }

    @Test
    void aGpuThatIsLostInMidRunLeavesTheBestWeightsAndTheirNames() throws Exception {
        // An epoch has two graphs of training and two of evaluation.
        environment.put("SOFTCUDA_FAIL", "cuGraphLaunch@6=719");
        Command.Result run = train(soft, "cuda", "--epochs", "3", "--batch", "16");
        assertEquals(DEVICE, run.status(), run::toString);
        assertTrue(run.out().contains("\nepoch=1/3 ") && !run.out().contains("\nepoch=2/3 "), run::toString);
        assertTrue(run.err().contains("\njengine: cuGraphLaunch -> CUDA_ERROR_LAUNCH_FAILED (719) on cuda:0: graph train\n"),
                run::toString);
        assertFalse(run.err().contains("\tat "), run::toString);
        JsonNode record = record();
        assertEquals("failed:4", record.get("status").textValue());
        assertEquals(1, record.get("kept").get("epoch").intValue());
        String evaluate = record.get("kept").get("evaluate").textValue();
        assertTrue(run.err().contains("evaluate them: " + evaluate + "\n"), run::toString);
        String[] words = (evaluate.replaceFirst("^jengine ", "") + " --device host --data synthetic --limit 32").split(" ");
        Command.Result eval = jengine(null, words);
        assertEquals(0, eval.status(), eval::toString);
        String accuracy = String.format(Locale.ROOT, "val acc %.4f", record.get("kept").get("val_accuracy").doubleValue());
        assertTrue(eval.out().contains(accuracy), eval::toString);
    }

    @Test
    void doctorTellsEveryLayerInAFormThatStays() throws Exception {
        Path newer = Files.writeString(folder.resolve("newer.properties"), text("h100").replaceFirst("(?m)^compute = .*$", "compute = 13.0")
                .replaceFirst("(?m)^name = .*$", "name = NVIDIA of tomorrow"));
        environment.put("SOFTCUDA_GPU", newer + ",t4");
        environment.put("SOFTCUDA_DRIVER", "12.8");
        Command.Result run = jengine(soft, "doctor", "--device", "cuda", "--json");
        assertEquals(0, run.status(), run::toString);
        assertEquals("", run.err());
        Map<String, JsonNode> findings = new TreeMap<>();
        List<String> events = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            JsonNode event = JSON.readTree(line);
            events.add(event.get("event").textValue());
            if (events.get(events.size() - 1).equals("finding")) {
                assertEquals(List.of("event", "backend", "layer", "state", "text", "remedy", "facts"), names(event), line);
                findings.put(event.get("layer").textValue(), event);
            }
        }
        assertEquals(List.of("diagnosis", "doctor"), events.subList(events.size() - 2, events.size()));
        assertEquals(new TreeSet<>(List.of("driver", "cuda:0", "cuda:1", "cuBLAS", "cuDNN", "memory", "PTX JIT")), findings.keySet());
        assertEquals("12.8", findings.get("driver").get("facts").get("cuda").textValue());
        assertEquals(soft.resolve("libcuda.so.1").toString(), findings.get("driver").get("facts").get("path").textValue());
        assertEquals("13.0", findings.get("cuda:0").get("facts").get("compute_capability").textValue());
        assertEquals("8.7", findings.get("PTX JIT").get("facts").get("accepts").textValue());
        assertEquals("off", findings.get("cuBLAS").get("state").textValue(), "12.6 is older than the GPU");
        String tooOld = findings.get("cuBLAS").get("text").textValue();
        assertTrue(tooOld.contains(" is too old: 12.8.0 is needed for a GPU of compute capability 13"), run::toString);
        assertFalse(findings.get("cuBLAS").get("remedy").textValue().isEmpty(), run::toString);
        assertEquals("ok", findings.get("PTX JIT").get("state").textValue(), "our kernels run on any newer GPU");
        JsonNode last = JSON.readTree(run.out().lines().reduce((a, b) -> b).orElseThrow());
        assertEquals(List.of("event", "usable", "seconds", "exit"), names(last));
        assertEquals("cuda:0", last.get("usable").get(0).textValue());

        Command.Result devices = jengine(soft, "devices");
        assertEquals(0, devices.status(), devices::toString);
        Pattern brief = Pattern.compile("(?m)^cuda:0     NVIDIA of tomorrow  85\\.0 GB\\R"
                + " +compute capability 13\\.0  tier driver  UUID GPU-[-0-9a-f]+$");
        assertTrue(brief.matcher(devices.out()).find(), devices::toString);
        assertTrue(devices.out().contains("cuda:1     Tesla T4  15.8 GB"), devices::toString);
    }

    private static List<String> names(JsonNode event) {
        List<String> names = new ArrayList<>();
        event.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
