package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestReportTest {
    private static final List<String> GOOD_LOG = List.of("[INFO] jengine-a ......... SUCCESS [ 12.500 s]",
            "[INFO] jengine-b ......... SUCCESS [01:05 min]", "[INFO] BUILD SUCCESS");
    private static final String PASSED = "<testcase name='one' classname='a.OneTest' time='0.25'/>";

    @TempDir
    private Path root;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void aProjectOfTwoModules() throws IOException {
        Files.writeString(root.resolve("pom.xml"), "<modules><module>a</module><module>b</module></modules>");
        source("a", "OneTest", "class OneTest { @Test void one() { } }");
        report("a", "OneTest", PASSED);
    }

    @Test
    void aGoodRunHasNoProblem() throws IOException {
        assertEquals(List.of(), judge(GOOD_LOG));
        assertTrue(printed().contains("a                1        0      0.3 s     12.5 s\n"), printed());
        assertTrue(printed().contains("b                0        0      0.0 s     65.0 s\n"), printed());
        assertTrue(printed().contains("total            1        0      0.3 s     77.5 s\n"), printed());
    }

    @Test
    void aFailureIsToldWithItsPlaceAndWithoutTheMachinery() throws IOException {
        report("a", "OneTest", "<testcase name='one' classname='a.OneTest' time='1,000.5'><failure message='m'>expected 1\n"
                + "\tat org.junit.jupiter.Some.thing(Some.java:1)\n\tat a.OneTest.one(OneTest.java:5)</failure></testcase>");
        assertEquals(List.of("a: a.OneTest.one\n        expected 1\n        \tat a.OneTest.one(OneTest.java:5)"), judge(GOOD_LOG));
    }

    @Test
    void anErrorWithoutTextIsToldByItsMessage() throws IOException {
        report("a", "OneTest", "<testcase name='one' classname='a.OneTest' time='0'><error message='crashed'/></testcase>");
        assertEquals(List.of("a: a.OneTest.one\n        crashed"), judge(GOOD_LOG));
    }

    @Test
    void anAbortedTestIsPrintedWithItsReason() throws IOException {
        report("a", "OneTest", PASSED + aborted("two", "no bf16 on this CPU"));
        assertEquals(List.of(), judge(GOOD_LOG, "data"));
        assertTrue(printed().contains("not run:\n  a: a.OneTest: no bf16 on this CPU\n      two\n"), printed());
    }

    @Test
    void manyAbortedAlikeAreToldOnce() throws IOException {
        String cases = IntStream.range(0, 9).mapToObj(i -> aborted("t" + i, "no jar")).collect(Collectors.joining());
        report("a", "OneTest", PASSED + cases);
        assertEquals(List.of(), judge(GOOD_LOG));
        assertTrue(printed().contains("  a: a.OneTest: no jar\n      t0, t1, t2, t3 and 5 more\n"), printed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no bf16 on this CPU", "BF16: missing", "fp32 only, bf16", "no bfloat16"})
    void anAbortedTestOfARequiredLaneIsAFailure(String reason) throws IOException {
        report("a", "OneTest", PASSED + aborted("two", reason));
        assertEquals(List.of("a: a.OneTest.two was aborted, but 'bf16' is required: " + reason), judge(GOOD_LOG, "data", "bf16"));
    }

    @Test
    void theVariableThatIsMissingNamesItsLane() throws IOException {
        report("a", "OneTest", PASSED + aborted("two", "JENGINE_TEST_DATA is not set"));
        assertEquals(1, judge(GOOD_LOG, "data").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<skipped/>",
        "<skipped message='void a.OneTest.two() is @Disabled'/>",
        "<skipped type='org.opentest4j.TestAbortedException'>org.opentest4j.TestAbortedException\n\tat a.B.c(B.java:3)</skipped>",
        "<skipped>org.opentest4j.TestAbortedException: Assumption failed: assumption is not true\n\tat a.B.c(B.java:3)</skipped>"
    })
    void aReasonMustBeGiven(String skipped) throws IOException {
        report("a", "OneTest", PASSED + "<testcase name='two' classname='a.OneTest' time='0'>" + skipped + "</testcase>");
        assertEquals(List.of("a: a.OneTest.two was aborted without a reason"), judge(GOOD_LOG));
    }

    @Test
    void aReasonMustNameALane() throws IOException {
        report("a", "OneTest", PASSED + aborted("two", "no luck"));
        assertEquals(List.of("a: a.OneTest.two was aborted for a reason that names none of "
                        + "bf16, cuda, cudnn, data, jar, nvcc, oclgrind, once, opencl, shellcheck, softcuda: no luck"),
                judge(GOOD_LOG));
    }

    @Test
    void anUnknownLaneCannotBeRequired() throws IOException {
        assertEquals(List.of("no lane 'dta' can be required; known are "
                + "bf16, cuda, cudnn, data, jar, nvcc, oclgrind, once, opencl, shellcheck, softcuda"), judge(GOOD_LOG, "dta"));
    }

    @Test
    void aModuleWhoseTestsDidNotRunIsAFailure() throws IOException {
        Files.delete(root.resolve("a/target/surefire-reports/TEST-OneTest.xml"));
        assertEquals(List.of("a: not one test ran, though there are 1 test classes",
                "a: a.OneTest has tests, but none was run; surefire takes classes named *Test"), judge(GOOD_LOG));
    }

    @Test
    void aModuleWhoseTestsWereAllAbortedIsAFailure() throws IOException {
        report("a", "OneTest", aborted("one", "no jar"));
        assertEquals(List.of("a: not one test ran, though there are 1 test classes"), judge(GOOD_LOG));
    }

    @Test
    void aTestClassThatSurefirePassesOverIsAFailure() throws IOException {
        source("a", "Two", "final class Two { @Property void two() { } }");
        assertEquals(List.of("a: a.Two has tests, but none was run; surefire takes classes named *Test"), judge(GOOD_LOG));
    }

    @Test
    void suitesAndHelpersNeedNoReport() throws IOException {
        source("a", "Suite", "public abstract class Suite { @Test void two() { } }");
        source("a", "Mixin", "interface Mixin { @Test default void two() { } }");
        source("a", "Helper", "/** See @Test. */ class Helper { }");
        assertEquals(List.of(), judge(GOOD_LOG));
    }

    @Test
    void nestedTestsCountForTheirFile() throws IOException {
        report("a", "OneTest", "<testcase name='one' classname='a.OneTest$Inner' time='0'/>");
        assertEquals(List.of(), judge(GOOD_LOG));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "WARNING: A restricted method in java.lang.System has been called",
        "WARNING: Use --enable-native-access=ALL-UNNAMED to avoid a warning for callers in this module",
        "WARNING: A terminally deprecated method in sun.misc.Unsafe has been called",
        "WARNING: Using incubator modules: jdk.incubator.vector",
        "SLF4J(W): No SLF4J providers were found.",
        "OpenJDK 64-Bit Server VM warning: Sharing is only supported for boot loader classes",
        "[WARNING] /a/B.java:[3,4] foo() in Bar has been deprecated",
        "[WARNING] Corrupted channel by directly writing to native stream in forked JVM 1"
    })
    void whatTheOutputMayNotHoldIsFound(String line) throws IOException {
        assertEquals(List.of("unwanted in the output: " + line),
                judge(List.of(GOOD_LOG.get(0), GOOD_LOG.get(1), line, line, GOOD_LOG.get(2))));
    }

    @Test
    void aBuildThatFailsOutsideTheTestsShowsItsErrors() throws IOException {
        assertEquals(List.of("the build failed\n        [ERROR] cannot find symbol\n        [ERROR]   a.B"),
                judge(List.of("[INFO] x", "[ERROR] cannot find symbol", "[ERROR]   a.B", "[ERROR] cannot find symbol")));
        assertEquals(List.of("the build failed"), judge(List.of()));
    }

    private List<String> judge(List<String> log, String... required) throws IOException {
        return new TestReport(root, log, Set.of(required), new PrintStream(printed, true, StandardCharsets.UTF_8)).judge();
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    /** As surefire writes it. */
    private static String aborted(String name, String reason) {
        return "<testcase name='" + name + "' classname='a.OneTest' time='0'><skipped type='org.opentest4j.TestAbortedException'><![CDATA["
                + "org.opentest4j.TestAbortedException: Assumption failed: " + reason + "\n\tat a.B.c(B.java:3)\n]]></skipped></testcase>";
    }

    private void source(String module, String name, String text) throws IOException {
        Path file = root.resolve(module).resolve("src/test/java/a").resolve(name + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "package a;\n\n" + text + "\n");
    }

    private void report(String module, String name, String cases) throws IOException {
        Path file = root.resolve(module).resolve("target/surefire-reports").resolve("TEST-" + name + ".xml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "<?xml version='1.0' encoding='UTF-8'?>\n<testsuite name='" + name + "'>" + cases + "</testsuite>\n");
    }
}
