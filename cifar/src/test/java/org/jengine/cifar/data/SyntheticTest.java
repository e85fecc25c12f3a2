package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiFunction;
import javax.imageio.ImageIO;
import org.jengine.kernels.Philox;
import org.jengine.nn.ImageData.Split;
import org.junit.jupiter.api.Test;

class SyntheticTest {
    private static final int CLASSES = 10;

    private static byte[] picture(byte[] content, int i) {
        return Arrays.copyOfRange(content, i * Layout.IMAGE, (i + 1) * Layout.IMAGE);
    }

    @Test
    void sameBytesOnEveryMachine() {
        Synthetic data = Synthetic.of(1, 200, 100);
        MessageDigest digest = Hash.sha256();
        digest.update(Fixture.content(data, Split.TRAIN));
        digest.update(Fixture.content(data, Split.VALIDATION));
        assertEquals("88a649f1958939ef523413a5234fb87a0094b265fb805a69eec8a27913e130c9", Hash.hex(digest),
            "the pictures changed: raise Synthetic.VERSION and put the new hash here");
    }

    @Test
    void sameBytesForEveryThreadCountAndSize() throws Exception {
        byte[] whole = Fixture.content(Synthetic.of(5, 300, 40), Split.TRAIN);
        for (int threads : new int[] {1, 3}) {
            ForkJoinPool pool = new ForkJoinPool(threads);
            byte[] some = pool.submit(() -> Fixture.content(Synthetic.of(5, 130, 7), Split.TRAIN)).get();
            pool.shutdown();
            assertArrayEquals(Arrays.copyOf(whole, 130 * Layout.IMAGE), Arrays.copyOf(some, 130 * Layout.IMAGE));
        }
        Painter painter = new Painter(5);
        for (int i : new int[] {299, 0, 64}) {
            assertArrayEquals(picture(whole, i), painter.paint(Split.TRAIN, i, i % CLASSES),
                "picture " + i + " depends on what was before");
        }
    }

    @Test
    void noPictureComesTwice() {
        Set<List<Byte>> seen = new HashSet<>();
        for (long seed : new long[] {1, 2, 1L << 32 | 1}) {
            for (Split split : Split.values()) {
                byte[] content = Fixture.content(Synthetic.of(seed, 100, 100), split);
                for (int i = 0; i < 100; i++) {
                    List<Byte> bytes = new ArrayList<>();
                    for (byte b : picture(content, i)) {
                        bytes.add(b);
                    }
                    assertTrue(seen.add(bytes), "picture " + i + " of " + split + ", seed " + seed);
                }
            }
        }
    }

    @Test
    void itsRandomNumbersAreItsOwn() {
        assertTrue(Draw.STREAM > Philox.DROPOUT + 10_000, "dropout layers count up from " + Philox.DROPOUT);
        assertNotEquals(Philox.AUGMENT, Draw.STREAM);
    }

    @Test
    void classesAreEvenInEveryPrefix() {
        Synthetic data = Synthetic.of(1, 70, 30);
        int[] counts = DataReport.counts(data, Split.TRAIN);
        assertArrayEquals(new int[] {7, 7, 7, 7, 7, 7, 7, 7, 7, 7}, counts);
        byte[] content = Fixture.content(data, Split.TRAIN);
        assertArrayEquals(data.labels(Split.TRAIN), Arrays.copyOfRange(content, 70 * Layout.IMAGE, content.length));
        assertEquals(List.of("disc", "square", "triangle", "ring", "cross", "star", "crescent", "stripes", "checker", "spots"),
            data.classes());
    }

    @Test
    void namesWhatItIs() {
        Synthetic data = Synthetic.standard();
        assertEquals("synthetic", data.name());
        assertEquals("synthetic:v" + Synthetic.VERSION + ":1:50000+10000", data.fingerprint());
        assertEquals(50_000, data.count(Split.TRAIN));
        assertEquals(10_000, data.count(Split.VALIDATION));
        assertFalse(data.official());
        assertEquals("generated from seed 9", Synthetic.of(9).report().source());
        assertThrows(IllegalArgumentException.class, () -> Synthetic.of(1, 0, 5));
    }

    @Test
    void meanColourDoesNotTellTheClass() {
        double right = nearestMean(3000, SyntheticTest::meanColour);
        assertTrue(right < 0.14, "right by mean colour: " + right);
    }

    @Test
    void templatesTellALittle() {
        double right = nearestMean(3000, SyntheticTest::pixels);
        assertTrue(right > 0.18 && right < 0.45, "right by templates: " + right);
    }

    /** For looking at: one row a class. */
    @Test
    void contactSheet() throws IOException {
        int zoom = 3;
        int columns = 12;
        byte[] content = Fixture.content(Synthetic.of(1, columns * CLASSES, 1), Split.TRAIN);
        BufferedImage sheet = new BufferedImage(columns * 33 * zoom, CLASSES * 33 * zoom, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < columns * CLASSES; i++) {
            for (int p = 0; p < Layout.PIXELS; p++) {
                int at = i * Layout.IMAGE + 3 * p;
                int rgb = (content[at] & 0xff) << 16 | (content[at + 1] & 0xff) << 8 | content[at + 2] & 0xff;
                for (int z = 0; z < zoom * zoom; z++) {
                    sheet.setRGB((i / CLASSES * 33 + p % 32) * zoom + z % zoom, (i % CLASSES * 33 + p / 32) * zoom + z / zoom, rgb);
                }
            }
        }
        Path file = Path.of("target", "synthetic.png");
        assertTrue(ImageIO.write(sheet, "png", file.toFile()));
        assertTrue(Files.size(file) > 100_000, "a sheet this small is nearly blank");
    }

    /** Share of validation pictures whose features lie nearest to the training mean of their class. */
    private static double nearestMean(int n, BiFunction<byte[], Integer, double[]> features) {
        Synthetic data = Synthetic.of(1, n, n);
        byte[] train = Fixture.content(data, Split.TRAIN);
        double[][] means = new double[CLASSES][features.apply(train, 0).length];
        for (int i = 0; i < n; i++) {
            double[] f = features.apply(train, i);
            for (int k = 0; k < f.length; k++) {
                means[i % CLASSES][k] += f[k] * CLASSES / n;
            }
        }
        byte[] validation = Fixture.content(data, Split.VALIDATION);
        int right = 0;
        for (int i = 0; i < n; i++) {
            double[] f = features.apply(validation, i);
            int best = 0;
            for (int c = 1; c < CLASSES; c++) {
                best = distance(f, means[c]) < distance(f, means[best]) ? c : best;
            }
            right += best == i % CLASSES ? 1 : 0;
        }
        return (double) right / n;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    private static double[] meanColour(byte[] content, int i) {
        double[] mean = new double[3];
        for (int k = 0; k < Layout.IMAGE; k++) {
            mean[k % 3] += (content[i * Layout.IMAGE + k] & 0xff) / (double) Layout.PIXELS;
        }
        return mean;
    }

    /** Every pixel without its picture's mean. */
    private static double[] pixels(byte[] content, int i) {
        double[] mean = meanColour(content, i);
        double[] out = new double[Layout.IMAGE];
        for (int k = 0; k < out.length; k++) {
            out[k] = (content[i * Layout.IMAGE + k] & 0xff) - mean[k % 3];
        }
        return out;
    }
}
