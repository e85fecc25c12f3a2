package org.jengine.nn.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.stream.Collectors;
import org.jengine.kernels.Philox;
import org.jengine.kernels.Shuffle;
import org.junit.jupiter.api.Test;

/** The formulas that Python and Java both state give the same numbers, and the same random ones. */
class FormulaGoldenTest {
    @Test
    void formulasAgree() {
        List<GoldenCase> cases = GoldenFile.cases("formula").toList();
        assertEquals(List.of("glorot", "hash", "philox", "shuffle"),
                cases.stream().map(GoldenCase::name).distinct().sorted().collect(Collectors.toList()));
        for (GoldenCase c : cases) {
            double[] expected = c.plain("values");
            assertArrayEquals(expected, actual(c, expected.length), c::toString);
        }
    }

    private static double[] actual(GoldenCase c, int count) {
        double[] out = new double[count];
        switch (c.name()) {
            case "hash" -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Integer.toUnsignedLong(Formula.hash(c.size("seed"), c.size("stream"), i));
                }
            }
            case "glorot" -> {
                float[] weights = Formula.glorot(c.size("seed"), c.size("stream"), count, c.size("fan_in"), c.size("fan_out"));
                for (int i = 0; i < count; i++) {
                    out[i] = weights[i];
                }
            }
            case "shuffle" -> {
                Shuffle order = new Shuffle(count);
                order.key((int) c.seed("seed"), (int) (c.seed("seed") >>> 32), c.size("epoch"));
                for (int i = 0; i < count; i++) {
                    out[i] = order.at(i);
                }
            }
            case "philox" -> {
                double[] at = c.plain("counter");
                double[] key = c.plain("key");
                int[] words = new int[4];
                Philox.block((int) at[0], (int) at[1], (int) at[2], (int) at[3], (int) key[0], (int) key[1], words, 0);
                for (int i = 0; i < count; i++) {
                    out[i] = Integer.toUnsignedLong(words[i]);
                }
            }
            default -> fail("no formula " + c.name());
        }
        return out;
    }
}
