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
            Ptx.targets(stem).map(t -> Ptx.of(stem, t))
                    .filter(p -> !p.text().lines().findFirst().orElseThrow().equals(Ptx.stamp(Ptx.texts(stem, p.target()), p.target())))
                    .forEach(p -> stale.add(p.name()));
        }
        assertEquals(List.of(), stale, "PTX of other texts than those of today: run ci/ptx");
    }

    @Test
    void thereIsAFileForEveryTextOfAGpuAndNoOther() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            Set<String> found = files.map(f -> f.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
            Set<String> expected = new TreeSet<>();
            stems().forEach(s -> Ptx.targets(s).forEach(t -> expected.add(Ptx.name(s, t))));
            assertEquals(expected, found);
        }
    }

    @Test
    void everyKernelIsInItsFileWithTheParametersOfItsDeclaration() {
        for (KernelDef def : Kernels.ALL) {
            if (!def.devices().cover(120)) {
                assertThrows(IllegalArgumentException.class, () -> Ptx.of(def, 120), def.entry());
            } else {
                Ptx.targets(def.stem()).forEach(t -> assertHolds(Ptx.of(def.stem(), t), def, def.devices().cover(t)));
            }
        }
    }

    private static void assertHolds(Ptx ptx, KernelDef def, boolean holds) {
        List<List<String>> found = ENTRY.matcher(ptx.text()).results().filter(m -> m.group(1).equals(def.entry())).map(m -> m.group(2)
                .lines().map(String::strip).filter(l -> !l.isEmpty()).map(l -> l.split("\\s+")[1]).toList()).toList();
        assertEquals(holds ? List.of(def.params().stream().map(PtxTest::type).toList()) : List.of(), found,
                ptx.name() + ": " + def.entry());
    }

    /** The oldest GPUs get what is for all, whatever there is for newer ones. */
    @Test
    void aGpuGetsTheNewestThatItCanRun() {
        for (KernelDef def : Kernels.ALL.stream().filter(d -> d.devices().cover(120)).toList()) {
            List<Target> targets = Ptx.targets(def.stem()).filter(def.devices()::cover).toList();
            if (def.devices().cover(75)) {
                assertEquals(Target.CUDA, Ptx.of(def, 75).target(), def.entry());
            } else {
                assertThrows(IllegalArgumentException.class, () -> Ptx.of(def, 75), def.entry());
            }
            assertEquals(targets.get(targets.size() - 1), Ptx.of(def, 120).target(), def.entry());
            for (Target target : targets) {
                assertEquals(Ptx.of(def.stem(), target), Ptx.of(def, target.capability()), def.entry());
            }
        }
    }

    @Test
    void oldDriversTakeIt() {
        for (Ptx ptx : stems().stream().flatMap(s -> Ptx.targets(s).map(t -> Ptx.of(s, t))).toList()) {
            Matcher version = Pattern.compile("(?m)^\\.version ([0-9.]+)$").matcher(ptx.text());
            assertTrue(version.find() && Double.parseDouble(version.group(1)) <= NEWEST_VERSION, ptx.name());
            assertTrue(ptx.text().contains("\n.target sm_" + ptx.target().capability() + "\n"), ptx.name());
            assertFalse(Pattern.compile("\\.file.*/").matcher(ptx.text()).find(),
                    ptx.name() + " names a folder of the machine that made it");
        }
    }

    private static Set<String> stems() {
        return Kernels.ALL.stream().filter(d -> d.devices().cover(120)).map(KernelDef::stem)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** How the compiler passes a parameter. */
    private static String type(Param param) {
        return param.role().isBuffer() ? ".u64" : param.type() == DType.F32 ? ".f32" : ".u32";
    }
}
