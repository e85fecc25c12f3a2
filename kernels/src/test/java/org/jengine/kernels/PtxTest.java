package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PtxTest {
    private static final Path FOLDER = Path.of("src/main/resources/org/jengine/kernels/ptx");
    private static final Pattern ENTRY = Pattern.compile("\\.visible \\.entry (\\w+)\\(([^)]*)\\)");
    /** Drivers of the series 525, the oldest of CUDA 12, take 8.0. */
    private static final double NEWEST_VERSION = 8.0;

    @Test
    void everyFileIsMadeFromTheTextsAsTheyAre() {
        List<String> stale = new ArrayList<>();
        for (String stem : stems()) {
            KernelDef def = Kernels.ALL.stream().filter(d -> d.stem().equals(stem) && !d.forCpus()).findFirst().orElseThrow();
            String stamp = Ptx.of(def).lines().findFirst().orElseThrow();
            if (!stamp.equals(Ptx.stamp(Ptx.texts(stem)))) {
                stale.add(stem);
            }
        }
        assertEquals(List.of(), stale, "PTX of other texts than those of today: run ci/ptx");
    }

    @Test
    void thereIsAFileForEveryStemAndNoOther() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            Set<String> found = files.map(f -> f.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
            assertEquals(stems().stream().map(s -> s + ".ptx").collect(Collectors.toCollection(TreeSet::new)), found);
        }
    }

    @Test
    void everyKernelIsInItsFileWithTheParametersOfItsDeclaration() {
        for (KernelDef def : Kernels.ALL) {
            if (def.forCpus()) {
                assertThrows(IllegalArgumentException.class, () -> Ptx.of(def), def.entry());
                continue;
            }
            Matcher entry = ENTRY.matcher(Ptx.of(def));
            List<String> types = entry.results().filter(m -> m.group(1).equals(def.entry())).map(m -> m.group(2)).findFirst()
                    .orElseThrow(() -> new AssertionError(def.entry() + " is not in " + def.stem() + ".ptx")).lines()
                    .map(String::strip).filter(l -> !l.isEmpty()).map(l -> l.split("\\s+")[1]).toList();
            List<String> expected = def.params().stream().map(PtxTest::type).toList();
            assertEquals(expected, types, def.entry());
        }
    }

    @Test
    void oldDriversTakeIt() {
        for (String stem : stems()) {
            String text = Ptx.of(Kernels.ALL.stream().filter(d -> d.stem().equals(stem) && !d.forCpus()).findFirst().orElseThrow());
            Matcher version = Pattern.compile("(?m)^\\.version ([0-9.]+)$").matcher(text);
            assertTrue(version.find() && Double.parseDouble(version.group(1)) <= NEWEST_VERSION, stem);
            assertTrue(text.contains("\n.target sm_75\n"), stem);
            assertFalse(Pattern.compile("\\.file.*/").matcher(text).find(), stem + ".ptx names a folder of the machine that made it");
        }
    }

    private static Set<String> stems() {
        return Kernels.ALL.stream().filter(d -> !d.forCpus()).map(KernelDef::stem).collect(Collectors.toCollection(TreeSet::new));
    }

    /** How the compiler passes a parameter. */
    private static String type(Param param) {
        return param.role().isBuffer() ? ".u64" : param.type() == DType.F32 ? ".f32" : ".u32";
    }
}
