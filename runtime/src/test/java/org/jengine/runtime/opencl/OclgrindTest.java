package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jengine.runtime.conformance.JavaProgram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every case of every kernel under Oclgrind, which runs kernels in an interpreter and reports races, accesses outside of buffers, reads of
 * what nobody wrote, and wrong calls.
 *
 * <p>Its check of what was written does not know the compiler's instruction {@code freeze} and gives up the kernel there, which is a
 * failure here. The compiler makes it of {@code a / b} beside {@code a % b}; write the second as {@code a - q * b} with the first's
 * result {@code q}.
 *
 * @see <a href="https://github.com/jrprice/Oclgrind/wiki">Oclgrind's manual</a>
 */
class OclgrindTest {
    private static final Path DRIVER = Path.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so");
    /** Below the time that ci/check gives all tests of a module. */
    private static final long MOST_SECONDS = 900;
    private static final int PROGRAMS = 2;

    @TempDir
    private Path folder;

    private record Ended(int status, String printed, String reports) {
    }

    @BeforeEach
    void oclgrindIsThere() {
        assumeTrue(!Boolean.getBoolean("jengine.again"), "once is enough: these took minutes on the default JDK and hang on no JDK");
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("oclgrind");
        assertTrue(!required || Files.exists(DRIVER), () -> "oclgrind is required: there is no " + DRIVER);
        assumeTrue(Files.exists(DRIVER), () -> "no oclgrind: there is no " + DRIVER + " (Debian, Ubuntu: sudo apt-get install oclgrind)");
    }

    @Test
    void nothingIsReportedOfAnyKernel() throws Exception {
        int cases = 0;
        for (Ended e : run(PROGRAMS)) {
            assertEquals("", e.reports, e.printed);
            assertEquals(0, e.status, e.printed);
            String last = e.printed.strip().lines().reduce("", (a, b) -> b);
            assertTrue(last.startsWith(OclgrindRun.CASES), e.printed);
            cases += Integer.parseInt(last.substring(OclgrindRun.CASES.length()));
        }
        assertEquals(OclgrindRun.jobs().stream().mapToInt(j -> j.def().cases().size()).sum(), cases);
    }

    @Test
    void eachKindOfFaultIsReported() throws Exception {
        Map<String, String> faults = Map.of(
                "read_behind_the_end", "Invalid read of size 4 at global",
                "write_behind_the_end", "Invalid write of size 4 at global",
                "shared_without_sync", "Read-write data race at local",
                "two_write_one_place", "Write-write data race at global",
                "never_written", "uninitialized value",
                "output_read", "uninitialized value",
                "sync_of_some", "Work-group divergence");
        for (Map.Entry<String, String> fault : faults.entrySet()) {
            Ended e = run(1, fault.getKey()).get(0);
            assertTrue(e.reports.contains(fault.getValue()), fault + ": " + e);
            assertTrue(e.reports.contains("fault_" + fault.getKey() + "_f32"), fault + ": " + e);
            assertTrue(e.printed.contains(OclgrindRun.CASES + 1), fault + ": " + e);
        }
    }

    @Test
    void aWrongResultIsNamed() throws Exception {
        Ended e = run(1, "wrong_result").get(0);
        assertEquals(OclgrindRun.WRONG, e.status, e.printed);
        assertTrue(e.printed.contains(OclgrindRun.DIFFERS + "fault_wrong_result_f32: "), e.printed);
        assertEquals("", e.reports, e.printed);
    }

    /** Starts so many programs, that share the kernels or the faults, and waits for their end. */
    private List<Ended> run(int programs, String... faults) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory(folder, "run");
        Files.writeString(Files.createDirectory(work.resolve("vendors")).resolve("oclgrind.icd"), DRIVER + "\n");
        List<Process> started = new ArrayList<>();
        List<Ended> ended = new ArrayList<>();
        try {
            for (int i = 0; i < programs; i++) {
                started.add(start(work, i, faults));
            }
            for (int i = 0; i < programs; i++) {
                boolean inTime = started.get(i).waitFor(MOST_SECONDS, TimeUnit.SECONDS);
                String printed = Files.readString(printed(i, faults));
                assertTrue(inTime, () -> "not through after " + MOST_SECONDS + " s: " + printed);
                ended.add(new Ended(started.get(i).exitValue(), printed, reports(work, i)));
            }
        } finally {
            started.forEach(Process::destroyForcibly);
        }
        return ended;
    }

    private static Process start(Path work, int number, String... faults) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(work.toString(), log(work, number).toString()));
        arguments.addAll(List.of(faults));
        ProcessBuilder builder = JavaProgram.of(OclgrindRun.class, arguments).redirectErrorStream(true)
                .redirectOutput(printed(number, faults).toFile());
        // One thread each: the programs take the cores.
        builder.environment().putAll(Map.of("OCL_ICD_VENDORS", work.resolve("vendors").toString(), "OCLGRIND_NUM_THREADS", "1",
                "OCLGRIND_LOG", log(work, number).toString(), "OCLGRIND_CHECK_API", "1", "OCLGRIND_DATA_RACES", "1",
                "OCLGRIND_UNINITIALIZED", "1", "OCLGRIND_MAX_ERRORS", "20", "OCLGRIND_BUILD_OPTIONS", "-debug-info-kind=limited"));
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /** Where one can see how far a program is. */
    private static Path printed(int number, String... faults) throws IOException {
        Path printed = Files.createDirectories(Path.of("target", "oclgrind"));
        return printed.resolve((faults.length == 0 ? "kernels" : String.join("-", faults)) + number + ".txt");
    }

    private static Path log(Path work, int number) {
        return work.resolve("reports" + number);
    }

    private static String reports(Path work, int number) throws IOException {
        return Files.exists(log(work, number)) ? Files.readString(log(work, number)) : "";
    }
}
