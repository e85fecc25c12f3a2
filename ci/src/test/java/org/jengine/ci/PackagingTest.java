package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What {@code mvn verify} leaves to be handed on. */
class PackagingTest {
    private static final List<String> LIBRARIES = List.of("kernels", "runtime", "nn", "cifar");
    private static final Pattern VERSION = Pattern.compile("<artifactId>jengine</artifactId>\\s*<version>([^<]+)</version>");

    @Test
    void theRunnableJarStartsWithoutFlags() throws IOException {
        try (JarFile jar = runnable()) {
            Attributes main = jar.getManifest().getMainAttributes();
            String start = main.getValue("Main-Class");
            assertNotNull(start, "Main-Class");
            assertNotNull(jar.getEntry(start.replace('.', '/') + ".class"), start);
            assertEquals("ALL-UNNAMED", main.getValue("Enable-Native-Access"));
            assertEquals("true", main.getValue("Multi-Release"));
            assertEquals(version(), main.getValue("Implementation-Version"));
            assertEquals("lib/cuda-redist.jar", main.getValue("Class-Path"), "where the profile cuda-redist puts NVIDIA's libraries");
        }
    }

    @Test
    void theRunnableJarHoldsEveryProvider() throws IOException {
        try (JarFile jar = runnable()) {
            for (String service : List.of("org.jengine.runtime.Backend", "org.jengine.cifar.cli.CommandProvider")) {
                Set<String> inJar = providers(jar, service);
                Set<String> inSource = new HashSet<>();
                for (String module : Project.MODULES) {
                    Path file = Project.root().resolve(module).resolve("src/main/resources/META-INF/services").resolve(service);
                    if (Files.exists(file)) {
                        inSource.addAll(Project.read(file).lines().filter(l -> !l.isBlank()).toList());
                    }
                }
                assertFalse(inSource.isEmpty(), service + " has no provider in the source");
                assertEquals(inSource, inJar, service);
            }
        }
    }

    @Test
    void theRunnableJarHoldsNothingTwiceNoSignatureAndNoSnapshot() throws IOException {
        try (JarFile jar = runnable()) {
            Set<String> seen = new HashSet<>();
            for (JarEntry entry : jar.stream().toList()) {
                String name = entry.getName();
                assertTrue(seen.add(name), name + " is in the jar twice");
                assertFalse(name.matches("META-INF/[^/]+\\.(SF|RSA|DSA)"), name + " is the signature of another jar");
                if (name.endsWith("pom.properties")) {
                    String text = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                    assertFalse(text.contains("SNAPSHOT"), name + "\n" + text);
                }
            }
            for (String library : LIBRARIES) {
                assertTrue(seen.stream().anyMatch(n -> n.startsWith("org/jengine/" + library + "/") && n.endsWith(".class")), library);
            }
            assertFalse(seen.stream().anyMatch(n -> n.startsWith("org/junit/") || n.startsWith("org/jengine/ci/")), "tests are in the jar");
            assertFalse(seen.stream().anyMatch(n -> n.contains("org/jocl/blast/") || n.contains("JOCLBlast")), "a rival is in the jar");
            assertFalse(seen.stream().anyMatch(n -> n.startsWith("org/bytedeco/cuda/")), "NVIDIA's libraries are in the jar");
        }
    }

    @ParameterizedTest
    @FieldSource("LIBRARIES")
    void aLibraryHasAModuleName(String library) throws IOException {
        try (JarFile jar = jar(Project.root().resolve(library).resolve("target/jengine-" + library + "-" + version() + ".jar"))) {
            Attributes main = jar.getManifest().getMainAttributes();
            assertEquals("org.jengine." + library, main.getValue("Automatic-Module-Name"));
            assertEquals(version(), main.getValue("Implementation-Version"));
        }
    }

    @Test
    void noDependencyIsASnapshot() {
        for (String module : Project.MODULES) {
            assertFalse(Project.read(Project.root().resolve(module).resolve("pom.xml")).contains("SNAPSHOT"), module);
        }
        assertFalse(Project.read(Project.root().resolve("pom.xml")).contains("SNAPSHOT"), "the root pom");
    }

    /** The runnable jar's place. */
    static Path runnablePath() {
        return Project.root().resolve("bench/target/jengine.jar");
    }

    /** Gives up the test, unless the lane is required, where the module was not packaged. */
    static void assumePackaged(Path jar) {
        assumeTrue(Files.exists(jar), "the jar " + Project.name(jar) + " is not there; mvn verify makes it");
    }

    private static JarFile runnable() throws IOException {
        return jar(runnablePath());
    }

    private static JarFile jar(Path file) throws IOException {
        assumePackaged(file);
        return new JarFile(file.toFile());
    }

    private static Set<String> providers(JarFile jar, String service) throws IOException {
        JarEntry entry = jar.getJarEntry("META-INF/services/" + service);
        assertNotNull(entry, service + " has no provider in the jar");
        String text = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
        return new HashSet<>(text.lines().filter(l -> !l.isBlank()).toList());
    }

    private static String version() {
        Matcher m = VERSION.matcher(Project.read(Project.root().resolve("pom.xml")));
        assertTrue(m.find(), "the root pom states no version");
        return m.group(1);
    }
}
