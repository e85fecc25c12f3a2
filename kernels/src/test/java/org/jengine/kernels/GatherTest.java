package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pins the reference of the gather: every pixel tells where it came from. */
class GatherTest {
    private static final int TOTAL = 50;
    private static final int H = 4;
    private static final int W = 5;
    private static final double SHIFT = 1;
    private static final KernelDef GATHER = Gather.of(DType.F32);

    private int batch = TOTAL;
    private int stride = TOTAL;
    private int step;
    private int epoch;
    private int shuffle;
    private int flip;
    private int pad;
    private int cutout;

    @Test
    void withoutAugmentationTheOrderIsTheDataSets() {
        batch = 12;
        stride = 12;
        step = 3;
        Args args = gather();
        for (int i = 0; i < batch; i++) {
            assertEquals((36 + i) % 10, args.data("labels").getInt(i));
            for (int e = 0; e < H * W; e++) {
                assertEquals(stored(36 + i, e / W, e % W) * 0.5 + SHIFT, args.data("x").get(i * H * W + e));
            }
        }
    }

    @Test
    void rowsPastTheEndAreZerosWithoutALabel() {
        batch = 16;
        stride = 16;
        step = 3;
        Args args = gather();
        assertEquals(9, args.data("labels").getInt(1), "the last image");
        for (int i = 2; i < batch; i++) {
            assertEquals(-1, args.data("labels").getInt(i));
            assertEquals(0, args.data("x").get(i * H * W));
        }
    }

    @Test
    void anEpochTakesEveryImageOnceAndAnotherEpochInAnotherOrder() {
        shuffle = 1;
        stride = 16;
        int[][] orders = new int[2][TOTAL];
        for (epoch = 0; epoch < 2; epoch++) {
            BitSet seen = new BitSet();
            for (step = 0; step < 4; step++) {
                batch = step == 3 ? 2 : 16;
                Args args = gather();
                for (int i = 0; i < batch; i++) {
                    int image = image(args, i);
                    assertEquals(image % 10, args.data("labels").getInt(i));
                    seen.set(image);
                    orders[epoch][step * stride + i] = image;
                }
            }
            assertEquals(TOTAL, seen.cardinality());
        }
        Shuffle order = new Shuffle(TOTAL);
        order.key(123, 456, 1);
        assertEquals(order.at(17), orders[1][17]);
        assertNotEquals(orders[0][0] + "," + orders[0][1] + "," + orders[0][2], orders[1][0] + "," + orders[1][1] + "," + orders[1][2]);
    }

    @Test
    void flipMirrorsAboutHalfOfTheImages() {
        flip = 1;
        Args args = gather();
        int flipped = 0;
        for (int i = 0; i < TOTAL; i++) {
            boolean mirrored = (bits(i)[0] & 1) == 1;
            flipped += mirrored ? 1 : 0;
            for (int x = 0; x < W; x++) {
                assertEquals(value(i, 1, mirrored ? W - 1 - x : x), at(args, i, 1, x));
            }
        }
        assertTrue(flipped > 12 && flipped < 38, flipped + " of " + TOTAL);
    }

    @Test
    void cropMovesTheImageByEveryOffsetAndFillsWithZeros() {
        pad = 1;
        Set<String> offsets = new HashSet<>();
        for (epoch = 0; epoch < 3; epoch++) {
            Args args = gather();
            for (int i = 0; i < TOTAL; i++) {
                int down = ((bits(i)[1] & 0xffff) * 3 >>> 16) - 1;
                int right = ((bits(i)[1] >>> 16) * 3 >>> 16) - 1;
                offsets.add(down + "," + right);
                for (int y = 0; y < H; y++) {
                    for (int x = 0; x < W; x++) {
                        assertEquals(value(i, y + down, x + right), at(args, i, y, x));
                    }
                }
            }
        }
        assertEquals(9, offsets.size(), offsets.toString());
    }

    @Test
    void theCroppedImageIsWhatIsMirrored() {
        pad = 2;
        flip = 1;
        Args args = gather();
        for (int i = 0; i < TOTAL; i++) {
            int right = ((bits(i)[1] >>> 16) * 5 >>> 16) - 2;
            int down = ((bits(i)[1] & 0xffff) * 5 >>> 16) - 2;
            for (int x = 0; x < W; x++) {
                int cropped = (bits(i)[0] & 1) == 1 ? W - 1 - x : x;
                assertEquals(value(i, 2 + down, cropped + right), at(args, i, 2, x));
            }
        }
    }

    /** 3 x 3 around the centre; 2 x 2 has the centre at its lower right. */
    @Test
    void cutoutClearsASquareOfTheResult() {
        flip = 1;
        for (cutout = 2; cutout <= 3; cutout++) {
            Args args = gather();
            Set<String> centres = new HashSet<>();
            for (int i = 0; i < TOTAL; i++) {
                int cy = (bits(i)[2] & 0xffff) * H >>> 16;
                int cx = (bits(i)[2] >>> 16) * W >>> 16;
                centres.add(cy + "," + cx);
                for (int y = 0; y < H; y++) {
                    for (int x = 0; x < W; x++) {
                        int last = cutout == 3 ? 1 : 0;
                        boolean cut = y >= cy - 1 && y <= cy + last && x >= cx - 1 && x <= cx + last;
                        int from = (bits(i)[0] & 1) == 1 ? W - 1 - x : x;
                        assertEquals(cut ? 0 : value(i, y, from), at(args, i, y, x));
                    }
                }
            }
            assertTrue(centres.size() > H * W / 2, "centres " + centres);
        }
    }

    @Test
    void anImageIsChangedAlikeInEveryBatchSplit() {
        shuffle = 1;
        flip = 1;
        pad = 2;
        cutout = 2;
        Args whole = gather();
        stride = 8;
        batch = 8;
        step = 2;
        Args part = gather();
        for (int e = 0; e < batch * H * W; e++) {
            assertEquals(whole.data("x").get(16 * H * W + e), part.data("x").get(e));
        }
    }

    @Test
    void channelsOfAPixelStayTogether() {
        Data images = Data.of(DType.U8, 1, 2, 3, 4, 5, 6);
        Args args = Args.of(GATHER).out("x", 6).out("labels", 1).out("now", Clock.COUNT).data("images", images)
                .data("classes", Data.of(DType.U8, new double[] {7}))
                .data("clock", Fill.clock(0, flippingEpoch(), 0)).data("key", Data.of(DType.I32, 123, 456))
                .size("total", 1).size("stride", 1).size("batch", 1).size("height", 1).size("width", 2).size("channels", 3)
                .size("shuffle", 0).size("flip", 1).size("pad", 0).size("cutout", 0).scalar("scale", 1).scalar("shift", 0).build();
        GATHER.reference(args);
        assertEquals(4, args.data("x").get(0));
        assertEquals(6, args.data("x").get(2));
        assertEquals(1, args.data("x").get(3));
        assertEquals(7, args.data("labels").getInt(0));
    }

    private int flippingEpoch() {
        while ((bits(0)[0] & 1) == 0) {
            epoch++;
        }
        return epoch;
    }

    private Args gather() {
        Data images = Data.of(DType.U8, TOTAL * H * W);
        Data classes = Data.of(DType.U8, TOTAL);
        for (int i = 0; i < TOTAL; i++) {
            classes.set(i, i % 10);
            for (int e = 0; e < H * W; e++) {
                images.set(i * H * W + e, stored(i, e / W, e % W));
            }
        }
        Args args = Args.of(GATHER).out("x", batch * H * W).out("labels", batch).out("now", Clock.COUNT)
                .data("images", images).data("classes", classes)
                .data("clock", Fill.clock(step, epoch, 0)).data("key", Data.of(DType.I32, 123, 456))
                .size("total", TOTAL).size("stride", stride).size("batch", batch).size("height", H).size("width", W).size("channels", 1)
                .size("shuffle", shuffle).size("flip", flip).size("pad", pad).size("cutout", cutout)
                .scalar("scale", 0.5).scalar("shift", SHIFT).build();
        GATHER.reference(args);
        return args;
    }

    /** Pixel 0 names the image, the others their place. */
    private static int stored(int image, int y, int x) {
        return y == 0 && x == 0 ? 100 + image : 10 * y + x;
    }

    private static double value(int image, int y, int x) {
        return y < 0 || y >= H || x < 0 || x >= W ? 0 : stored(image, y, x) * 0.5 + SHIFT;
    }

    private static double at(Args args, int row, int y, int x) {
        return args.data("x").get((row * H + y) * W + x);
    }

    private static int image(Args args, int row) {
        return (int) ((at(args, row, 0, 0) - SHIFT) * 2) - 100;
    }

    private int[] bits(int image) {
        int[] words = new int[4];
        Philox.block(image, epoch, Philox.AUGMENT, 0, 123, 456, words, 0);
        return words;
    }
}
