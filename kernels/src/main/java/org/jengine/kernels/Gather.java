package org.jengine.kernels;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One batch out of the data set in device memory, in the epoch's order, normalised and augmented.
 *
 * <p>Outputs {@code x real[batch, height, width, channels]} and {@code labels I32[batch]} and {@code now}, a copy of the clock; inputs
 * {@code images U8[total, height, width, channels]}, {@code classes U8[total]}, {@code clock I32[4]}, {@code key I32[2]}.
 * {@code stride} is the full batch: a smaller {@code batch} gathers the tail of an epoch. {@code shuffle} and {@code flip} are 0 or 1.
 *
 * <p>Row {@code i} is place {@code p = clock[STEP] * stride + i} of the order, the image {@code j = Shuffle(total).at(p)} or
 * {@code j = p}. A place past {@code total} gives a row of zeros and the label -1. A pixel is {@code u8 * scale + shift}.
 *
 * <p>The Philox block {@code (j, epoch, AUGMENT, 0)} chooses how an image is changed, in this order:
 * <ul>
 * <li>crop: the image stands in a border of {@code pad} zeros and a window of its own size is cut out, the offsets
 * {@code 0 .. 2 * pad} from the lower (row) and the upper half (column) of word 1. The border is 0 after normalisation;
 * <li>flip: the window is mirrored left to right when bit 0 of word 0 is set;
 * <li>cutout: a square of {@code cutout} pixels, cut at the edges, becomes 0; its centre comes from the halves of word 2 (DeVries and
 * Taylor, <i>Improved regularization of convolutional neural networks with cutout</i>, arXiv 1708.04552).
 * </ul>
 */
public record Gather(DType real) implements KernelDef {
    private static final int THREADS = 256;
    /** Product and sum; the product may be twice as large as what the shift leaves of it. */
    private static final int ROUNDINGS = 3;

    public Gather {
        Real.require("gather", real);
    }

    /** {@code gather_<real>}. */
    public static KernelDef of(DType real) {
        return new Gather(real);
    }

    @Override
    public String entry() {
        return Real.entry("gather", real);
    }

    @Override
    public Map<String, String> constants(Target target) {
        return target == Target.PORTABLE ? constants() : Map.of("BLOCK_THREADS", Integer.toString(THREADS));
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("x", real), Param.out("labels", DType.I32), Param.out("now", DType.I32),
                Param.in("images", DType.U8), Param.in("classes", DType.U8), Param.in("clock", DType.I32), Param.in("key", DType.I32),
                Param.size("total"), Param.size("stride"), Param.size("batch"),
                Param.size("height"), Param.size("width"), Param.size("channels"),
                Param.size("shuffle"), Param.size("flip"), Param.size("pad"), Param.size("cutout"),
                Param.scalar("scale"), Param.scalar("shift"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return switch (buffer) {
            case "x" -> sizes.product("batch", "height", "width", "channels");
            case "labels" -> sizes.size("batch");
            case "images" -> sizes.product("total", "height", "width", "channels");
            case "classes" -> sizes.size("total");
            default -> Elements.count(buffer, sizes);
        };
    }

    /** A block per row, since a row is chosen once. */
    @Override
    public Grid grid(Args sizes) {
        return new Grid(sizes.size("batch"), 1, 1, THREADS);
    }

    @Override
    public void reference(Args a) {
        for (int i = 0; i < Clock.COUNT; i++) {
            a.data("now").set(i, a.data("clock").getInt(i));
        }
        Data key = a.data("key");
        int epoch = Clock.epoch(a);
        Shuffle order = new Shuffle(a.size("total"));
        order.key(key.getInt(0), key.getInt(1), epoch);
        int[] bits = new int[4];
        for (int i = 0; i < a.size("batch"); i++) {
            if (i >= Rows.valid(a)) {
                clear(a, i);
                continue;
            }
            int place = Rows.first(a) + i;
            int image = a.size("shuffle") == 1 ? order.at(place) : place;
            Philox.block(image, epoch, Philox.AUGMENT, 0, key.getInt(0), key.getInt(1), bits, 0);
            row(a, i, image, bits);
            a.data("labels").set(i, a.data("classes").get(image));
        }
    }

    private static void clear(Args a, int i) {
        int pixels = a.size("height") * a.size("width") * a.size("channels");
        for (int e = 0; e < pixels; e++) {
            a.data("x").set(i * pixels + e, 0);
        }
        a.data("labels").set(i, -1);
    }

    private static void row(Args a, int i, int image, int[] bits) {
        int height = a.size("height");
        int width = a.size("width");
        int channels = a.size("channels");
        int pad = a.size("pad");
        int cutout = a.size("cutout");
        boolean flip = a.size("flip") == 1 && (bits[0] & 1) == 1;
        int rowOffset = below(2 * pad + 1, bits[1] & 0xffff);
        int columnOffset = below(2 * pad + 1, bits[1] >>> 16);
        int top = below(height, bits[2] & 0xffff) - cutout / 2;
        int left = below(width, bits[2] >>> 16) - cutout / 2;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int sourceY = y + rowOffset - pad;
                int sourceX = (flip ? width - 1 - x : x) + columnOffset - pad;
                boolean inside = sourceY >= 0 && sourceY < height && sourceX >= 0 && sourceX < width;
                boolean cut = y >= top && y < top + cutout && x >= left && x < left + cutout;
                for (int c = 0; c < channels; c++) {
                    double value = 0;
                    if (inside && !cut) {
                        double stored = a.data("images").get(((image * height + sourceY) * width + sourceX) * channels + c);
                        value = stored * a.scalar("scale") + a.scalar("shift");
                    }
                    a.data("x").set(((i * height + y) * width + x) * channels + c, value);
                }
            }
        }
    }

    /** A number from 0 to {@code bound - 1} out of 16 random bits. */
    private static int below(int bound, int bits16) {
        return bits16 * bound >>> 16;
    }

    @Override
    public List<Case> cases() {
        return List.of(
                new Setting("batch1_1x1").data(5, 1, 1, 3).batch(1, 1).clock(2, 0).make(this),
                new Setting("batch127_3x5").data(300, 3, 5, 1).batch(127, 127).clock(1, 0).make(this),
                new Setting("33x33").data(15, 33, 33, 1).batch(5, 5).clock(1, 0).make(this),
                new Setting("shuffle").data(531, 4, 7, 3).batch(128, 128).clock(3, 3).augment(1, 0, 0, 0).make(this),
                new Setting("shuffle_power_of_four").data(64, 5, 5, 3).batch(16, 16).clock(2, 1).augment(1, 0, 0, 0).make(this),
                new Setting("flip").data(50, 8, 7, 3).batch(25, 25).clock(1, 2).augment(0, 1, 0, 0).make(this),
                new Setting("pad2").data(50, 8, 9, 3).batch(25, 25).clock(0, 2).augment(0, 0, 2, 0).make(this),
                new Setting("cutout3").data(50, 8, 9, 3).batch(25, 25).clock(0, 2).augment(0, 0, 0, 3).make(this),
                new Setting("cutout4_flip_pad1").data(50, 9, 11, 2).batch(25, 25).clock(1, 0).augment(0, 1, 1, 4).make(this),
                new Setting("masked_tail").data(110, 5, 5, 3).batch(64, 64).clock(1, 1).augment(1, 1, 1, 0).make(this),
                new Setting("short_tail").data(110, 5, 5, 3).batch(64, 46).clock(1, 1).augment(1, 1, 1, 0).make(this),
                new Setting("32x32_late").data(60, 32, 32, 3).batch(8, 8).clock(6, 99).augment(1, 1, 4, 8).make(this));
    }

    /** One case, written out by name since eleven numbers in a row say nothing. */
    private static final class Setting {
        private final String name;
        private int total;
        private int height;
        private int width;
        private int channels;
        private int stride;
        private int batch;
        private int step;
        private int epoch;
        private int shuffle;
        private int flip;
        private int pad;
        private int cutout;

        Setting(String name) {
            this.name = name;
        }

        Setting data(int total, int height, int width, int channels) {
            this.total = total;
            this.height = height;
            this.width = width;
            this.channels = channels;
            return this;
        }

        Setting batch(int stride, int batch) {
            this.stride = stride;
            this.batch = batch;
            return this;
        }

        Setting clock(int step, int epoch) {
            this.step = step;
            this.epoch = epoch;
            return this;
        }

        Setting augment(int shuffle, int flip, int pad, int cutout) {
            this.shuffle = shuffle;
            this.flip = flip;
            this.pad = pad;
            this.cutout = cutout;
            return this;
        }

        Case make(KernelDef def) {
            return new Case(name, ROUNDINGS, random -> args(def, random));
        }

        private Args args(KernelDef def, SplittableRandom random) {
            int pixels = height * width * channels;
            return Args.of(def)
                    .out("x", batch * pixels).out("labels", batch).out("now", Clock.COUNT)
                    .data("images", Fill.below(DType.U8, total * pixels, random, 256))
                    .data("classes", Fill.below(DType.U8, total, random, 10))
                    .data("clock", Fill.clock(step, epoch, epoch * 390 + step)).data("key", Fill.key(random))
                    .size("total", total).size("stride", stride).size("batch", batch)
                    .size("height", height).size("width", width).size("channels", channels)
                    .size("shuffle", shuffle).size("flip", flip).size("pad", pad).size("cutout", cutout)
                    .scalar("scale", 1 / 63.75).scalar("shift", -1.9).build();
        }
    }
}
