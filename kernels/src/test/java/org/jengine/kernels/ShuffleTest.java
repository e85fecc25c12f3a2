package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffleTest {
    /** The edges are below, by name. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void isABijection(@ForAll @IntRange(min = 1, max = 5000) int n, @ForAll int k0, @ForAll int k1,
            @ForAll @IntRange(min = 0) int epoch) {
        assertBijection(n, order(n, k0, k1, epoch));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 15, 16, 17, 1023, 1024, 1025, 50_000, 65_536, 65_537})
    void isABijectionAroundPowersOfFour(int n) {
        assertBijection(n, order(n, 1, 2, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 1000, 4096, 10_000, 50_000})
    void leavesNoVisibleOrder(int n) {
        for (int epoch = 0; epoch < 20; epoch++) {
            int[] order = order(n, 11, 22, epoch);
            double displacement = 0;
            for (int i = 0; i < n; i++) {
                displacement += Math.abs(order[i] - i) / (double) n;
            }
            // A random permutation moves an item by n / 3 on average, with a deviation of 0.26 n / sqrt(n) or so of the mean.
            assertEquals(n / 3.0, displacement, 2.0 * Math.sqrt(n), "mean displacement, epoch " + epoch);
            double bound = 5 / Math.sqrt(n);
            for (int lag = 1; lag <= 3; lag++) {
                assertEquals(0, correlation(order, order, lag), bound, "places " + lag + " apart, epoch " + epoch);
            }
            assertEquals(0, correlation(order, order(n, 11, 22, epoch + 1), 0), bound, "with the next epoch, epoch " + epoch);
            assertEquals(0, correlation(order, order(n, 11, 23, epoch), 0), bound, "with the next key, epoch " + epoch);
        }
    }

    @Test
    void epochsAndBothKeyWordsGiveOtherOrders() {
        int n = 1000;
        int[] order = order(n, 5, 6, 7);
        assertTrue(same(order, order(n, 5, 6, 8)) < 15, "epoch");
        assertTrue(same(order, order(n, 4, 6, 7)) < 15, "first key word");
        assertTrue(same(order, order(n, 5, 7, 7)) < 15, "second key word");
        assertEquals(n, same(order, order(n, 5, 6, 7)), "the same epoch and key");
    }

    /** Chi-squared of where the first item of ten goes over 10,000 epochs; 9 degrees of freedom stay below 34 but once in 10,000. */
    @Test
    void everyItemComesFirstEquallyOften() {
        int[] times = new int[10];
        for (int epoch = 0; epoch < 10_000; epoch++) {
            times[order(10, 3, 4, epoch)[0]]++;
        }
        double chiSquared = 0;
        for (int t : times) {
            chiSquared += (t - 1000.0) * (t - 1000.0) / 1000;
        }
        assertTrue(chiSquared < 34, "chi-squared " + chiSquared);
    }

    /** The same of the first two of sixteen, where few rounds show first: 239 degrees of freedom, a deviation of 22. */
    @Test
    void everyPairComesFirstEquallyOften() {
        int epochs = 48_000;
        int[][] times = new int[16][16];
        for (int epoch = 0; epoch < epochs; epoch++) {
            int[] order = order(16, 3, 4, epoch);
            times[order[0]][order[1]]++;
        }
        double expected = epochs / 240.0;
        double chiSquared = 0;
        for (int first = 0; first < 16; first++) {
            for (int second = 0; second < 16; second++) {
                double off = times[first][second] - expected;
                chiSquared += first == second ? 0 : off * off / expected;
            }
        }
        assertTrue(chiSquared < 239 + 5 * 22, "chi-squared " + chiSquared);
    }

    @Test
    void refusesWhatItCannotPermute() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Shuffle(0)).getMessage().contains("n = 0"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Shuffle((1 << 30) + 1)).getMessage().contains("2^30"));
    }

    private static int[] order(int n, int k0, int k1, int epoch) {
        Shuffle shuffle = new Shuffle(n);
        shuffle.key(k0, k1, epoch);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = shuffle.at(i);
        }
        return order;
    }

    private static void assertBijection(int n, int[] order) {
        BitSet seen = new BitSet(n);
        for (int item : order) {
            assertTrue(item >= 0 && item < n, () -> item + " is outside of 0 .. " + (n - 1));
            seen.set(item);
        }
        assertEquals(n, seen.cardinality());
    }

    /** Pearson's, of {@code a[i]} and {@code b[i + lag]}, both being permutations of the same numbers. */
    private static double correlation(int[] a, int[] b, int lag) {
        int n = a.length;
        double mean = (n - 1) / 2.0;
        double sum = 0;
        for (int i = 0; i < n - lag; i++) {
            sum += (a[i] - mean) * (b[i + lag] - mean);
        }
        return sum / (n - lag) / ((double) n * n / 12);
    }

    private static int same(int[] a, int[] b) {
        int same = 0;
        for (int i = 0; i < a.length; i++) {
            same += a[i] == b[i] ? 1 : 0;
        }
        return same;
    }
}
