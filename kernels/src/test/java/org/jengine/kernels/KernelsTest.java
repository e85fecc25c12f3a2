package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What must hold of every declaration and of every case. */
class KernelsTest {
    private static final long SEED = 20_240_501;

    @Test
    void entriesAreUniqueAndWellFormed() {
        Set<String> entries = new HashSet<>();
        for (KernelDef def : Kernels.ALL) {
            assertTrue(entries.add(def.entry()), "two kernels have the entry " + def.entry());
            assertTrue(def.entry().matches("[a-z][a-z0-9]*(_[a-z0-9]+)*_(f32|bf16|u8|i32)"), def.entry());
        }
    }

    @Test
    void parametersHaveTheOrderOfRolesAndNamesOfTheirOwn() {
        for (KernelDef def : Kernels.ALL) {
            Set<String> names = new HashSet<>();
            int rank = 0;
            for (Param p : def.params()) {
                assertTrue(names.add(p.name()), def.entry() + " declares " + p.name() + " twice");
                assertTrue(rank(p) >= rank, def.entry() + ": " + p.name() + " stands too late");
                rank = rank(p);
            }
        }
    }

    @Test
    void definitionsAreValues() {
        List<Function<DType, KernelDef>> makers = List.of(Gather::of, Relu::fwd, Relu::bwd, Sigmoid::fwd, Sigmoid::bwd, Dropout::of,
                Dropout::bwd, SoftmaxXent::train, SoftmaxXent::eval, Adam::of, Sgd::of, RmsProp::of, MaxPool::fwd, MaxPool::bwd,
                NormStats::of, Norm::fwd, NormInfer::of, NormGrads::of, Norm::bwd, ColumnSums::of, Transpose::of);
        for (Function<DType, KernelDef> make : makers) {
            assertTrue(Kernels.ALL.contains(make.apply(DType.F32)), make.apply(DType.F32).entry());
            assertTrue(Kernels.ALL.contains(make.apply(DType.BF16)), make.apply(DType.BF16).entry());
            String message = assertThrows(IllegalArgumentException.class, () -> make.apply(DType.U8)).getMessage();
            assertTrue(message.endsWith("is made for F32 and BF16, not for U8"), message);
        }
        assertTrue(Kernels.ALL.containsAll(List.of(ClockTick.of(), Cast.of(), SumPartials.of(), Copy.of(),
                new FmaRate(96, 1))));
    }

    @Test
    void theAwkwardSizesAreThere() {
        for (KernelDef def : Kernels.ALL) {
            if (declares(def, "count")) {
                assertTrue(sizes(def, "count").anyMatch(count -> count % 8 != 0 && count > 8), def.entry() + ": no odd count");
                assertTrue(sizes(def, "count").anyMatch(count -> count == 1), def.entry() + ": no single element");
            }
            if (declares(def, "batch")) {
                assertTrue(sizes(def, "batch").toList().containsAll(List.of(1, 127, 128)), def.entry() + ": no batch of 1, 127 or 128");
                assertTrue(def.cases().stream().map(c -> c.args(SEED)).anyMatch(a -> Rows.valid(a) < a.size("batch")),
                        def.entry() + ": no masked tail");
                assertTrue(def.cases().stream().map(c -> c.args(SEED)).anyMatch(a -> a.size("batch") < a.size("stride")),
                        def.entry() + ": no short tail");
            }
            if (declares(def, "height")) {
                assertTrue(sizes(def, "height").toList().containsAll(List.of(1, 33)), def.entry() + ": no spatial 1 or 33");
            }
            if (declares(def, "rows") && declares(def, "channels")) {
                assertTrue(sizes(def, "rows").toList().containsAll(List.of(1, 127)), def.entry() + ": no 1 or 127 rows");
                assertTrue(sizes(def, "channels").toList().containsAll(List.of(5, 10, 32, 1500)), def.entry() + ": no such channels");
            }
            if (declares(def, "chunk")) {
                assertTrue(def.cases().stream().map(c -> c.args(SEED)).anyMatch(a -> a.size("rows") % a.size("chunk") != 0),
                        def.entry() + ": no chunk that is shorter than the others");
                assertTrue(def.cases().stream().map(c -> c.args(SEED)).anyMatch(a -> a.size("rows") == a.size("chunk")),
                        def.entry() + ": no chunk of all rows");
            }
            if (declares(def, "window")) {
                assertTrue(sizes(def, "window").toList().containsAll(List.of(1, 2, 3, 4)), def.entry() + ": no window of 1, 2, 3 or more");
                assertTrue(sizes(def, "h").toList().containsAll(List.of(1, 33)), def.entry() + ": no spatial 1 or 33");
                assertTrue(def.cases().stream().map(c -> c.args(SEED)).anyMatch(a -> a.size("h") % a.size("window") != 0
                        && a.size("w") % a.size("window") != 0), def.entry() + ": nothing is dropped on both sides");
            }
            if (declares(def, "logits")) {
                assertTrue(sizes(def, "classes").anyMatch(classes -> classes == 10), def.entry() + ": no 10 classes");
            }
        }
    }

    @TestFactory
    List<DynamicTest> everyCase() {
        List<DynamicTest> tests = new ArrayList<>();
        for (KernelDef def : Kernels.ALL) {
            assertFalse(def.cases().isEmpty(), def.entry() + " has no cases");
            Set<String> names = new HashSet<>();
            for (Case c : def.cases()) {
                assertTrue(names.add(c.name()), def.entry() + " has two cases " + c.name());
                tests.add(dynamicTest(def.entry() + " " + c.name(), () -> check(def, c, def.entry() + " " + c.name() + ": ")));
            }
        }
        return tests;
    }

    private static void check(KernelDef def, Case c, String where) {
        Args first = c.args(SEED);
        assertEquals(def, first.def());
        Args before = first.copy();
        def.reference(first);
        Args second = c.args(SEED);
        Args zeroed = c.args(SEED);
        for (Param p : def.params()) {
            if (p.role().isFresh()) {
                clear(zeroed.data(p.name()).bytes());
            }
        }
        def.reference(second);
        def.reference(zeroed);

        boolean mostlyZero = true;
        for (Param p : def.params()) {
            if (p.role().isResult()) {
                Data out = first.data(p.name());
                assertFinite(where + p.name(), out);
                assertEquals(out.bytes(), second.data(p.name()).bytes(), where + p.name() + " differs the second time");
                // What nobody writes keeps the poison in one run and the zeros in the other.
                assertEquals(out.bytes(), zeroed.data(p.name()).bytes(), where + p.name() + " is not written in full, or is read");
                mostlyZero &= p.name().equals("labels") || (out.count() - zeros(out)) * 2 <= mostNonZero(def, p, first);
            } else if (p.role() == Param.Role.IN) {
                assertEquals(before.data(p.name()).bytes(), first.data(p.name()).bytes(), where + p.name() + " was written to");
            }
        }
        assertFalse(mostlyZero, where + "not a test: every output is mostly zeros");

        checkSizes(def, first, where);
    }

    /** Launch shape and buffer lengths, both from the sizes alone. */
    private static void checkSizes(KernelDef def, Args given, String where) {
        Map<String, Integer> values = new HashMap<>();
        def.params().stream().filter(p -> p.role() == Param.Role.SIZE).forEach(p -> values.put(p.name(), given.size(p.name())));
        Args sizes = Args.sizes(def, values);
        for (Param p : def.params()) {
            if (p.role().isBuffer() && p.name().equals("rates")) {
                assertEquals(1, def.elements(p.name(), sizes), where + "a table of unknown length");
            } else if (p.role().isBuffer()) {
                assertEquals(given.data(p.name()).count(), def.elements(p.name(), sizes), where + "elements of " + p.name());
            }
        }
        Grid grid = def.grid(sizes);
        assertTrue(grid.threads() <= 1024, where + "no device takes blocks of " + grid.threads());
    }

    /** All elements, but of a pooling's gradient only as many as its output has, and of padded pixels only those that were there. */
    private static int mostNonZero(KernelDef def, Param out, Args args) {
        if (declares(def, "padded")) {
            return args.size("pixels") * args.size("channels");
        }
        return args.data(declares(def, "window") && out.name().equals("dx") ? "dy" : out.name()).count();
    }

    private static void clear(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            bytes.put((byte) 0);
        }
    }

    private static void assertFinite(String where, Data data) {
        for (int i = 0; i < data.count(); i++) {
            assertTrue(Double.isFinite(data.get(i)), where + "[" + i + "] = " + data.get(i));
        }
    }

    private static int zeros(Data data) {
        int zeros = 0;
        for (int i = 0; i < data.count(); i++) {
            zeros += data.get(i) == 0 ? 1 : 0;
        }
        return zeros;
    }

    private static boolean declares(KernelDef def, String name) {
        return def.params().stream().anyMatch(p -> p.name().equals(name));
    }

    private static Stream<Integer> sizes(KernelDef def, String name) {
        return def.cases().stream().map(c -> c.args(SEED).size(name));
    }

    private static int rank(Param p) {
        return switch (p.role()) {
            case OUT, INOUT, SCRATCH -> 0;
            case IN -> 1;
            case SIZE -> 2;
            case SCALAR -> 3;
        };
    }
}
