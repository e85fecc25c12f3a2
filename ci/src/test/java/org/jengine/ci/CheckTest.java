package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ci/check} on a project of one module and with a Maven that does what the test says. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "ci/check is a POSIX script")
class CheckTest {
    private static final int SIGINT = 2;
    private static final String REPORT = "ci/src/test/java/org/jengine/ci/TestReport.java";

    @TempDir
    private Path temp;
    private Path project;
    private Path programs;

    @BeforeEach
    void aProject() throws IOException {
        project = Files.createDirectory(temp.resolve("a project"));
        programs = Files.createDirectory(temp.resolve("programs"));
        for (String name : List.of("ci/check", REPORT)) {
            Files.createDirectories(project.resolve(name).getParent());
            Files.copy(Project.root().resolve(name), project.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(project.resolve("pom.xml"), "<modules><module>a</module></modules>\n");
        Path test = project.resolve("a/src/test/java/OneTest.java");
        Files.createDirectories(test.getParent());
        Files.writeString(test, "class OneTest { @Test void one() { } }\n");
        maven("");
        program(programs.resolve("shellcheck"), "exit 0");
        program(programs.resolve("gcc"), "exit 0");
        for (String name : List.of("usr/include/stdio.h", "usr/lib/x86_64-linux-gnu/libOpenCL.so.1",
                "usr/lib/x86_64-linux-gnu/libpocl.so.2", "etc/OpenCL/vendors/pocl.icd", "usr/lib/oclgrind/liboclgrind-rt-icd.so")) {
            Path file = temp.resolve("a root").resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    @Test
    void aGoodRunIsGoodFromAnyFolder() throws Exception {
        Command.Result run = command(temp, project.resolve("ci/check").toString(), "--default-only").run();
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("  a: 1 tests, "), run.toString());
        assertTrue(run.out().endsWith("all is well\n"), run.toString());
        assertTrue(Files.readString(log()).contains("verify for " + System.getProperty("java.home")), "Maven runs on the default JDK");
    }

    @Test
    void whatMavenSaysOfFailureIsShown() throws Exception {
        maven("echo '[ERROR] cannot find symbol'; exit 1");
        fails("[ERROR] cannot find symbol");
    }

    @Test
    void reportsOfAnEarlierRunDoNotCount() throws Exception {
        Path old = project.resolve("a/target/surefire-reports/TEST-OneTest.xml");
        Files.createDirectories(old.getParent());
        Files.writeString(old, "<testsuite><testcase classname='OneTest' name='one' time='0'/></testsuite>");
        maven("echo '[INFO] BUILD SUCCESS'; exit 0");
        fails("not one test ran");
    }

    @Test
    void aRequiredLaneMayNotBeLacking() throws Exception {
        maven("skipped='<skipped message=\"bf16 is not there\"/>'");
        Command.Result run = command(project, "ci/check", "--default-only").with("JENGINE_REQUIRE", "bf16").run();
        assertEquals(1, run.status(), run.toString());
        assertTrue(run.out().contains("'bf16' is required"), run.toString());
        assertTrue(Files.readString(log()).contains("-Djengine.require=bf16,jar"), "the tests are told too");
    }

    @Test
    void theJarIsAlwaysRequired() throws Exception {
        maven("skipped='<skipped message=\"the jar is not there\"/>'");
        fails("'jar' is required");
    }

    @Test
    void openClIsAlwaysRequired() throws Exception {
        maven("skipped='<skipped message=\"no opencl device: no driver\"/>'");
        fails("'opencl' is required");
    }

    @Test
    void oclgrindIsAlwaysRequired() throws Exception {
        maven("skipped='<skipped message=\"no oclgrind: there is no such file\"/>'");
        fails("'oclgrind' is required");
    }

    @Test
    void dataThatAreNamedMustBeThere() throws Exception {
        Command.Result run = command(project, "ci/check", "--default-only").with("JENGINE_TEST_DATA", "nowhere.tar.gz").run();
        assertEquals(1, run.status(), run.toString());
        assertTrue(run.err().contains("nowhere.tar.gz does not exist"), run.toString());
    }

    @Test
    void everyOtherJdkBuildsACopy() throws Exception {
        Path home = temp.resolve("home/.jdks/some-jdk");
        Files.createDirectories(home.resolve("bin"));
        for (String program : List.of("java", "javac")) {
            program(home.resolve("bin").resolve(program), "exec '" + System.getProperty("java.home") + "/bin/" + program + "' \"$@\"");
        }
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"99.0.1\"\n");
        Files.createDirectories(temp.resolve("home/.jdks/too-old/bin"));
        program(temp.resolve("home/.jdks/too-old/bin/javac"), "echo javac 11.0.2");
        maven("[ \"$JAVA_HOME\" != '" + home.toRealPath() + "' ] || touch made-by-99");
        Command.Result run = check();
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("JDK 99.0.1 (" + home.toRealPath() + ")"), run.toString());
        assertFalse(run.out().contains("11.0.2"), run.toString());
        assertFalse(Files.exists(project.resolve("made-by-99")), "it built in place");
        assertTrue(Files.exists(project.resolve("target/check/jdk99/made-by-99")), "it did not build in the copy");
        assertFalse(Files.exists(project.resolve("target/check/jdk99/target")), "the copy holds what was built");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "where env cannot undo it, ci/check cannot")
    void aBackgroundRunHearsCtrlC() throws Exception {
        maven("grep SigIgn /proc/self/status");
        Command.Result run = command(project, "-c", "trap '' INT; sh ci/check --default-only").run();
        assertEquals(0, run.status(), run.toString());
        Matcher m = Pattern.compile("SigIgn:\\s+([0-9a-f]+)").matcher(Files.readString(log()));
        assertTrue(m.find(), Files.readString(log()));
        assertEquals(0, Long.parseUnsignedLong(m.group(1), 16) & 1 << SIGINT - 1, "SIGINT is ignored");
    }

    @Test
    void aChangedWorkingTreeIsAFailure() throws Exception {
        git("init", "-q");
        Files.writeString(project.resolve(".gitignore"), "target/\n");
        git("add", ".");
        git("-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "-m", "All");
        Files.writeString(project.resolve("mine.txt"), "of before\n");
        assertEquals(0, check("--default-only").status(), "a tree that was dirty before is the developer's affair");
        maven("echo x >> pom.xml");
        fails("the run changed the working tree");
    }

    @Test
    void whatIsMissingIsNamedWithItsPackage() throws Exception {
        Files.delete(programs.resolve("mvn"));
        Files.delete(programs.resolve("shellcheck"));
        Files.delete(temp.resolve("a root/usr/lib/x86_64-linux-gnu/libOpenCL.so.1"));
        for (String name : List.of("sed", "awk", "dirname", "basename", "mkdir", "date", "head", "sort", "uname")) {
            program(programs.resolve(name), "PATH=/usr/bin:/bin exec " + name + " \"$@\"");
        }
        program(programs.resolve("id"), "echo 1000");
        Command.Result run = command(project, "ci/check").with("PATH", programs.toString()).run();
        assertEquals(1, run.status(), run.toString());
        String remedy = "not found: mvn shellcheck /usr/lib/*/libOpenCL.so.1."
                + " Install it (Debian, Ubuntu: sudo apt-get install maven shellcheck ocl-icd-libopencl1)";
        assertTrue(run.err().contains(remedy), run.toString());
    }

    @Test
    void anUnknownArgumentIsUsage() throws Exception {
        Command.Result run = check("--quick");
        assertEquals(2, run.status(), run.toString());
        assertTrue(run.err().contains("ci/check [--default-only]"), run.toString());
    }

    private void fails(String message) throws Exception {
        Command.Result run = check("--default-only");
        assertEquals(1, run.status(), run.toString());
        assertTrue(run.out().contains(message), run.toString());
    }

    private Command.Result check(String... words) throws Exception {
        String[] all = new String[words.length + 1];
        all[0] = "ci/check";
        System.arraycopy(words, 0, all, 1, words.length);
        return command(project, all).run();
    }

    private Command command(Path folder, String... words) {
        return Command.of(folder, shell(words)).with("PATH", programs + ":" + System.getenv("PATH"))
                .with("HOME", temp.resolve("home").toString()).with("JENGINE_CHECK_ROOT", temp.resolve("a root").toString())
                .with("JAVA_HOME", System.getProperty("java.home"))
                .without("JENGINE_TEST_DATA", "JENGINE_REQUIRE", "JENGINE_CHECK_HEARS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS",
                        "SDKMAN_DIR", "MAVEN_OPTS");
    }

    private static String[] shell(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "/bin/sh";
        System.arraycopy(words, 0, all, 1, words.length);
        return all;
    }

    private Path log() {
        return project.resolve("target/check/jdk" + Runtime.version().feature() + ".log");
    }

    private void git(String... words) throws Exception {
        String[] all = new String[words.length + 1];
        all[0] = "git";
        System.arraycopy(words, 0, all, 1, words.length);
        Command.Result run = Command.of(project, all).run();
        assertEquals(0, run.status(), run.toString());
    }

    /** A Maven that reports one test, after it did what {@code first} says. */
    private void maven(String first) throws IOException {
        program(programs.resolve("mvn"), """
                echo "$* for $JAVA_HOME"
                skipped=
                %s
                mkdir -p a/target/surefire-reports
                passed="<testcase classname='OneTest' name='one' time='0'/>"
                other="<testcase classname='OneTest' name='two' time='0'>$skipped</testcase>"
                [ -n "$skipped" ] || other=
                echo "<testsuite>$passed$other</testsuite>" >a/target/surefire-reports/TEST-OneTest.xml
                echo '[INFO] Building jengine-a 1.0'
                echo '[INFO] Tests run: 1, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in OneTest'
                echo '[INFO] Tests run: 1, Failures: 0, Errors: 0, Skipped: 0'
                echo '[INFO] Reactor Summary for jengine 1.0:'
                echo '[INFO] jengine-a ..... SUCCESS [  1.0 s]'
                echo '[INFO] BUILD SUCCESS'
                """.formatted(first));
    }

    private static void program(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
