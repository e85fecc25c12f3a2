package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.conformance.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What serves a device on machines of several kinds, each played by a process of its own, on the software device. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "cuda: the libraries have these names on Linux")
class TiersTest {
    private static final String CUBLAS = "libcublas.so.12";
    private static final String CUDNN = "libcudnn.so.9";

    @TempDir
    private Path folder;

    /** The software device's libraries; elsewhere the program would find those of the machine's GPU. */
    private static Path soft() {
        Cuda.assumeThere();
        assumeTrue(Cuda.isSoftware(), "cuda: the machine has libraries of its own");
        return Path.of(System.getProperty(Driver.FOLDER));
    }

    private String run(Path driver, Map<String, String> environment, String tier, String... libraries) throws Exception {
        List<String> args = new ArrayList<>(List.of(folder.toString(), tier));
        args.addAll(List.of(libraries));
        return run(environment, JavaProgram.of(TierRun.class, args, "-D" + Driver.FOLDER + "=" + driver));
    }

    private String run(Map<String, String> environment, ProcessBuilder program) throws Exception {
        ProcessBuilder builder = program.directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        // For a copy of its libraries, which lies elsewhere.
        builder.environment().put("SOFTCUDA_HOME", soft().getParent().toString());
        return JavaProgram.run(builder);
    }

    /** A folder of the software device's driver alone. */
    private Path driverAlone() throws IOException {
        Path alone = Files.createDirectory(folder.resolve("driver"));
        Files.copy(soft().resolve("libcuda.so.1"), alone.resolve("libcuda.so.1"));
        return alone;
    }

    /** A library that answers as one of another version would. */
    private Path cublas(String place, int major, int minor) throws Exception {
        Path to = Files.createDirectory(folder.resolve(place));
        library(to.resolve(CUBLAS), "int cublasGetProperty(int which, int *v) { *v = which == 0 ? " + major + " : which == 1 ? " + minor
                + " : 0; return 0; }");
        return to;
    }

    private void library(Path file, String functions) throws Exception {
        Path source = Files.writeString(folder.resolve("library.c"), functions + "\n");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-Wl,-soname," + file.getFileName(), "-o", file.toString(),
                    source.toString()).inheritIO().start();
        } catch (IOException e) {
            assumeTrue(false, "cuda: no C compiler to make a library of its own with: " + e.getMessage());
            return;
        }
        assertEquals(0, compiler.waitFor());
    }

    @Test
    void theBestThatIsThereServes() throws Exception {
        String printed = run(soft(), Map.of(), "");
        assertTrue(printed.startsWith("tier: cudnn\ntiers: ptx ok | cublas 12.6.0 ok | cudnn 9."), printed);
        assertTrue(printed.contains(" ok -> conv=cudnn gemm=cublas rest=ptx\n"), printed);
        assertTrue(printed.contains("\ncuBLAS: 12.6.0 (" + soft().resolve(CUBLAS) + ")\n"), printed);
        assertTrue(printed.contains(" (" + soft().resolve(CUDNN) + ")"), printed);
    }

    @Test
    void aLesserTierLooksForNoMore() throws Exception {
        String printed = run(soft(), Map.of(), "driver");
        assertTrue(printed.startsWith("tier: driver\ntiers: ptx ok | cublas off | cudnn off -> conv=ptx gemm=ptx rest=ptx\n"
                + "cuBLAS: not asked for by the tier driver\n"), printed);
        printed = run(soft(), Map.of(), "cublas");
        assertTrue(printed.startsWith("tier: cublas\ntiers: ptx ok | cublas 12.6.0 ok | cudnn off -> conv=ptx gemm=cublas rest=ptx\n"),
                printed);
    }

    @Test
    void theFolderOfTheRequestComesBeforeTheSystemsAndAllCopiesAreTold() throws Exception {
        Path other = cublas("other", 12, 9);
        String printed = run(folder.resolve("nowhere"), Map.of("LD_LIBRARY_PATH", other.toString()), "cublas", soft().toString());
        assertTrue(printed.contains("\ncuBLAS: 12.6.0 (" + soft().resolve(CUBLAS) + "), not loaded: " + other.resolve(CUBLAS) + "\n"),
                printed);
    }

    @Test
    void whatIsMissingIsNamedWithTheRemedy() throws Exception {
        Path alone = driverAlone();
        assumeTrue(Places.of("", System.getenv(), Path.of("/")).copies(CUBLAS).isEmpty(), "cuda: the machine has libraries of its own");
        String printed = run(alone, Map.of(), "");
        assertTrue(printed.startsWith("tier: driver\n"), printed);
        assertTrue(printed.contains("\ncuBLAS: off: " + CUBLAS + " not found in " + alone + ", the loader's path"), printed);
        printed = run(alone, Map.of(), "cublas");
        assertTrue(printed.startsWith("unavailable: cuda:0 ("), printed);
        assertTrue(printed.contains(" has no tier cublas: " + CUBLAS + " not found in "), printed);
        assertTrue(printed.contains("\nInstall it (") && printed.contains("--cuda-lib DIR") && printed.contains("-Pcuda-redist"), printed);
    }

    @Test
    void aJarOnTheClassPathServesWhereNothingElseDoes() throws Exception {
        Path alone = driverAlone();
        assumeTrue(Places.of("", System.getenv(), Path.of("/")).copies(CUBLAS).isEmpty(), "cuda: the machine has libraries of its own");
        Path jar = folder.resolve("redist.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String file : List.of(CUBLAS, CUDNN)) {
                out.putNextEntry(new ZipEntry("org/bytedeco/cuda/linux-x86_64/" + file));
                Files.copy(soft().resolve(file), out);
                out.closeEntry();
            }
        }
        // Where the loader of classes looks before it looks into the class path of the tests.
        String[] flags = {"-D" + Driver.FOLDER + "=" + alone, "-Xbootclasspath/a:" + jar};
        String printed = run(Map.of(), JavaProgram.of(TierRun.class, List.of(folder.toString(), "cudnn"), flags));
        assertTrue(printed.contains("tier: cudnn\ntiers: ptx ok | cublas 12.6.0 ok"), printed);
        assertTrue(printed.contains("\ncuBLAS: 12.6.0 (" + folder.resolve("libraries-")), printed);
        assertEquals(1, printed.split("unpacking", -1).length - 1, printed);
        printed = run(Map.of(), JavaProgram.of(TierRun.class, List.of(folder.toString(), "cudnn"), flags));
        assertTrue(printed.startsWith("tier: cudnn\n"), printed);
    }

    @Test
    void cudnnAloneDoesNotServe() throws Exception {
        Path alone = driverAlone();
        assumeTrue(Places.of("", System.getenv(), Path.of("/")).copies(CUBLAS).isEmpty(), "cuda: the machine has libraries of its own");
        Files.copy(soft().resolve(CUDNN), alone.resolve(CUDNN));
        String printed = run(alone, Map.of(), "");
        assertTrue(printed.startsWith("tier: driver\n") && printed.contains("\ncuDNN: off: cuDNN needs cuBLAS"), printed);
    }

    @Test
    void whatIsTooOldStrangeOrBrokenIsNotUsed() throws Exception {
        Path driver = driverAlone();
        Path old = cublas("old", 11, 9);
        String printed = run(driver, Map.of("LD_LIBRARY_PATH", old.toString()), "");
        assertTrue(printed.startsWith("tier: driver\n"), printed);
        assertTrue(printed.contains("\ncuBLAS: off: cuBLAS 11.9.0 is too old: 12.0.0 is needed\n"), printed);
        library(old.resolve(CUBLAS), "int another(void) { return 0; }");
        printed = run(driver, Map.of("LD_LIBRARY_PATH", old.toString()), "cublas");
        assertTrue(printed.contains(" has no tier cublas: " + old.resolve(CUBLAS)
                + " does not tell its version: it has no cublasGetProperty\n"), printed);
        Files.writeString(old.resolve(CUBLAS), "no library");
        printed = run(driver, Map.of("LD_LIBRARY_PATH", old.toString()), "");
        assertTrue(printed.contains("\ncuBLAS: off: " + old.resolve(CUBLAS) + " does not load: "), printed);
        // Named and broken: what else there is, is not taken in its place.
        Path named = Files.createDirectory(folder.resolve("named"));
        Files.writeString(named.resolve(CUBLAS), "no library");
        printed = run(soft(), Map.of("LD_LIBRARY_PATH", soft().toString()), "cublas", named.toString());
        assertTrue(printed.contains(" has no tier cublas: " + named.resolve(CUBLAS) + " does not load: "), printed);
    }

    @Test
    void newGpusNeedNewLibraries() {
        assertEquals("", Wanted.CUBLAS.tooOld(120600, 9));
        assertEquals("cuBLAS 12.6.0 is too old: 12.8.0 is needed for a GPU of compute capability 10", Wanted.CUBLAS.tooOld(120600, 10));
        assertEquals("", Wanted.CUDNN.tooOld(90701, 12));
    }

    @Test
    void mixturesAreSeen() {
        String one = "7f00-7f01 r-xp 00000000 08:01 12 ";
        assertEquals("", Finder.mixture(Wanted.CUBLAS, List.of(one + "/a b/libcublas.so.12.6.4.1", one + "/a b/libcublas.so.12.6.4.1",
                one + "/a b/libcublasLt.so.12", one + "/c/libcublasxt.so.12", "7f00-7f01 rw-p 00000000 00:00 0")));
        String twice = Finder.mixture(Wanted.CUBLAS, List.of(one + "/a/libcublas.so.12", one + "/b/libcublas.so.12.6.4.1"));
        assertTrue(twice.startsWith("libcublas.so.12 is loaded twice, from /a and /b"), twice);
        assertEquals("the pieces of cuBLAS are of different copies, from /a and /b",
                Finder.mixture(Wanted.CUBLAS, List.of(one + "/a/libcublas.so.12", one + "/b/libcublasLt.so.12.6.4.1")));
        assertEquals("", Finder.mixture(Wanted.CUDNN, List.of()));
    }

    @Test
    void otherWordsForTiersAreRefused() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> new CudaBackend().open(DeviceRequest.first().withTier("tensorrt")));
        assertEquals("no tier 'tensorrt'; there are driver, cublas, cudnn", e.getMessage());
    }
}
