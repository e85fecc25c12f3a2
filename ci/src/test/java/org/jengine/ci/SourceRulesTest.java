package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** House rules that only the source shows. */
class SourceRulesTest {
    private static final List<String> MODULES = Project.MODULES;
    private static final List<String> LIBRARIES = Project.LIBRARIES;
    private static final Map<Path, JavaFile> READ = new HashMap<>();
    private static final Pattern FOREIGN_TO_NN = Pattern.compile("(?i)cifar|cuda|opencl|onednn|dnnl|cudnn|cublas|^\"host[:0-9]*\"$");

    @ParameterizedTest
    @FieldSource("MODULES")
    void packagesAreNamedAfterTheirModule(String module) {
        // What ci ships besides its tests is the software CUDA device.
        String expected = "org.jengine." + (module.equals("ci") ? "softcuda" : module) + ".";
        for (Path file : Project.java(module, "main")) {
            String inside = read(file).packageName() + ".";
            assertEquals(expected, inside.substring(0, Math.min(inside.length(), expected.length())), Project.name(file));
        }
    }

    @ParameterizedTest
    @FieldSource("LIBRARIES")
    void whatUsersSeeIsDocumented(String module) {
        assertNone("needs a Javadoc comment", module, JavaFile::undocumented);
    }

    @ParameterizedTest
    @FieldSource("MODULES")
    void nobodyCatchesThrowable(String module) {
        assertNone("catches Throwable", module, JavaFile::catchesThrowable);
    }

    @Test
    void nnNamesNoDeviceAndNoDataSet() {
        assertNone("names a device or a data set", "nn", f -> f.words(FOREIGN_TO_NN));
    }

    @Test
    void missingCommentsAreFound() {
        JavaFile file = JavaFile.of("A.java", """
                package a;

                public interface A {
                    void bare();

                    int value();

                    int bare(int x);

                    /** Said. */
                    void said();

                    @Override
                    String toString();

                    record Inner(int x) {
                        public void notOfTheInterface() {
                        }
                    }

                    class Hidden {
                        class Deeper {
                        }
                    }
                }
                """);
        assertEquals(List.of("A.java:3 type A", "A.java:4 method bare", "A.java:8 method bare", "A.java:16 type Inner",
                "A.java:21 type Hidden"),
                file.undocumented());
        assertEquals(List.of(), JavaFile.of("B.java", "class B { interface C { void d(); } }").undocumented());
    }

    @Test
    void catchClausesAreFound() {
        JavaFile file = JavaFile.of("A.java", """
                class A {
                    void a(AutoCloseable c) throws Exception {
                        try (c) {
                            a(c);
                        } catch (IllegalStateException e) {
                            a(c);
                        } finally {
                            a(c);
                        }
                        try {
                            a(c);
                        } catch (final java.lang.Throwable t) {
                            a(c);
                        }
                    }
                }
                """);
        assertEquals(List.of("A.java:12"), file.catchesThrowable());
    }

    @Test
    void namesAreFoundInCodeButNotInComments() {
        JavaFile file = JavaFile.of("A.java", """
                /** Unlike cuda. */
                class A {
                    String a = "cuda:0"; // cuda
                    Object b = Cifar.open("/localhost/");
                    Object host = open("host:0");
                }
                """);
        assertEquals(List.of("A.java:3 \"cuda:0\"", "A.java:4 Cifar", "A.java:5 \"host:0\""), file.words(FOREIGN_TO_NN));
    }

    private static JavaFile read(Path file) {
        return READ.computeIfAbsent(file, JavaFile::of);
    }

    private static void assertNone(String fault, String module, Function<JavaFile, List<String>> rule) {
        List<Path> files = Project.java(module, "main");
        assertFalse(files.isEmpty() && !module.equals("ci"), module + " has no source");
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            rule.apply(read(file)).forEach(place -> found.add(place + " " + fault));
        }
        assertEquals("", String.join("\n", found));
    }
}
