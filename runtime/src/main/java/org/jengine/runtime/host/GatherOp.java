package org.jengine.runtime.host;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.kernels.DType;
import org.jengine.kernels.Philox;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Shuffle;
import org.jengine.runtime.spi.BoundArgs;

/**
 * Fetches the step's images in the epoch's order, augments them as bytes and turns them into {@code real} by one oneDNN reorder, which
 * converts and scales at memory speed.
 */
final class GatherOp implements Op {
    private final HostSlice x;
    private final HostSlice labels;
    private final HostSlice now;
    private final HostSlice images;
    private final HostSlice classes;
    private final HostSlice clock;
    private final HostSlice key;
    private final String name;
    private final int total;
    private final int stride;
    private final int batch;
    private final int height;
    private final int width;
    private final int channels;
    private final int pixels;
    private final boolean shuffle;
    private final boolean flip;
    private final int pad;
    private final int cutout;
    private final float scale;
    private final float shift;

    GatherOp(BoundArgs<HostSlice> b) {
        name = b.entry();
        total = b.size("total");
        stride = b.size("stride");
        batch = b.size("batch");
        height = b.size("height");
        width = b.size("width");
        channels = b.size("channels");
        pixels = Math.multiplyExact(height * width, channels);
        shuffle = b.size("shuffle") != 0;
        flip = b.size("flip") != 0;
        pad = b.size("pad");
        cutout = b.size("cutout");
        scale = b.scalar("scale");
        shift = b.scalar("shift");
        x = b.slice("x");
        labels = b.slice("labels");
        now = b.slice("now");
        images = b.slice("images");
        classes = b.slice("classes");
        clock = b.slice("clock");
        key = b.slice("key");
        if (width * channels > Lane.ROW) {
            throw new IllegalArgumentException(name + ": a row of an image may have " + Lane.ROW + " bytes, got " + width * channels);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int images() {
        return batch;
    }

    @Override
    public List<Access> accesses() {
        return List.of(Access.writeRows(x), Access.writeRows(labels), Access.write(now), Access.read(images), Access.read(classes),
                Access.read(clock), Access.read(key));
    }

    @Override
    public Planned plan(Tiling tiling, GraphBuilder builder) {
        HostSlice staged = builder.scratch(name + " bytes", Shape.of(batch, pixels), DType.U8);
        HostSlice inside = shift == 0 ? null : builder.scratch(name + " inside", Shape.of(batch, pixels), DType.U8);
        HostSlice factor = builder.scratch(name + " scale", Shape.of(1), DType.F32);
        Dnnl dnnl = builder.dnnl();
        DnnlWork convert = new DnnlWork(builder, tiling.parts());
        for (int part = 0; part < tiling.parts(); part++) {
            Dnnl.Desc from = dnnl.matrix(DType.U8, tiling.count(part), pixels);
            Dnnl.Desc to = dnnl.matrix(x.type(), tiling.count(part), pixels);
            long first = (long) tiling.from(part) * pixels;
            convert.part(part, dnnl.scaledReorder(from, to), new DnnlWork.Use(Dnnl.Role.SRC, from, staged, first),
                    new DnnlWork.Use(Dnnl.Role.DST, to, x, first * x.type().bytes(), builder.bytesPerLane(x)),
                    new DnnlWork.Use(Dnnl.Role.SRC_SCALE, dnnl.vector(DType.F32, 1), factor, 0));
        }
        return Planned.of(new Gather(tiling, staged, inside, factor, convert, new Floats(x, builder)));
    }

    private final class Gather extends Work {
        private final Tiling tiling;
        private final HostSlice stagedSlice;
        /** Ones where a pixel is the image's and zeros where it is blank, for the shift; null if there is none. */
        private final HostSlice insideSlice;
        private final HostSlice factor;
        private final DnnlWork convert;
        private final Floats shifted;
        private Shuffle[] orders;
        private ByteBuffer staged;
        private ByteBuffer inside;
        private ByteBuffer bytes;
        private ByteBuffer classBytes;
        private IntBuffer labelInts;
        private IntBuffer clockInts;
        private IntBuffer nowInts;
        private IntBuffer keyInts;

        Gather(Tiling tiling, HostSlice staged, HostSlice inside, HostSlice factor, DnnlWork convert, Floats shifted) {
            super(tiling.parts());
            this.tiling = tiling;
            this.stagedSlice = staged;
            this.insideSlice = inside;
            this.factor = factor;
            this.convert = convert;
            this.shifted = shifted;
        }

        @Override
        void link(Lanes lanes) {
            orders = new Shuffle[lanes.count()];
            for (int i = 0; i < orders.length; i++) {
                orders[i] = new Shuffle(total);
            }
            staged = stagedSlice.byteBuffer();
            inside = insideSlice == null ? null : insideSlice.byteBuffer();
            bytes = images.byteBuffer();
            classBytes = classes.byteBuffer();
            labelInts = labels.ints();
            clockInts = clock.ints();
            nowInts = now.ints();
            keyInts = key.ints();
            factor.floats().put(0, scale);
            shifted.link();
            convert.link(lanes);
        }

        @Override
        void run(int part, Lane lane) {
            if (part == 0) {
                for (int i = 0; i < Clock.COUNT; i++) {
                    nowInts.put(i, clockInts.get(i));
                }
            }
            int epoch = clockInts.get(Clock.EPOCH);
            int k0 = keyInts.get(0);
            int k1 = keyInts.get(1);
            Shuffle order = orders[lane.index];
            order.key(k0, k1, epoch);
            int from = tiling.from(part);
            int end = from + tiling.count(part);
            long place = (long) clockInts.get(Clock.STEP) * stride;
            for (int i = from; i < end; i++) {
                boolean valid = place + i < total;
                int image = !valid ? -1 : shuffle ? order.at((int) place + i) : (int) place + i;
                labelInts.put(i, valid ? classBytes.get(image) & 0xff : -1);
                if (valid && augments()) {
                    Philox.block(image, epoch, Philox.AUGMENT, 0, k0, k1, lane.words, 0);
                }
                stage(staged, i, image, false, lane);
                if (inside != null) {
                    stage(inside, i, image, true, lane);
                }
            }
            convert.run(part, lane);
            if (inside != null) {
                addShift(from * pixels, end * pixels, lane);
            }
        }

        /** Writes image {@code i} of the batch, or ones in place of its pixels; blank if {@code image} is -1. */
        private void stage(ByteBuffer to, int i, int image, boolean ones, Lane lane) {
            int rowBytes = width * channels;
            if (!ones && image >= 0 && !augments()) {
                to.put(i * pixels, bytes, image * pixels, pixels);
                return;
            }
            boolean mirrored = flip && (lane.words[0] & 1) != 0;
            int down = below(2 * pad + 1, lane.words[1] & 0xffff) - pad;
            int across = below(2 * pad + 1, lane.words[1] >>> 16) - pad;
            int top = below(height, lane.words[2] & 0xffff) - cutout / 2;
            int left = below(width, lane.words[2] >>> 16) - cutout / 2;
            for (int y = 0; y < height; y++) {
                int source = y + down;
                byte[] out = lane.row;
                Arrays.fill(out, 0, rowBytes, (byte) 0);
                if (image >= 0 && source >= 0 && source < height) {
                    shiftedRow(image * pixels + source * rowBytes, across, ones, out);
                    if (mirrored) {
                        mirror(out, lane.row2, rowBytes);
                        out = lane.row2;
                    }
                }
                if (y >= top && y < top + cutout) {
                    int first = Math.max(0, left);
                    Arrays.fill(out, first * channels, Math.max(first, Math.min(width, left + cutout)) * channels, (byte) 0);
                }
                to.put(i * pixels + y * rowBytes, out, 0, rowBytes);
            }
        }

        /** The part of the row from byte {@code source} on that is in sight when the window stands {@code across} pixels to the right. */
        private void shiftedRow(int source, int across, boolean ones, byte[] out) {
            int first = Math.max(0, across);
            int last = Math.min(width, width + across);
            if (first >= last) {
                return;
            }
            int to = (first - across) * channels;
            int count = (last - first) * channels;
            if (ones) {
                Arrays.fill(out, to, to + count, (byte) 1);
            } else {
                bytes.get(source + first * channels, out, to, count);
            }
        }

        private void mirror(byte[] in, byte[] out, int length) {
            for (int at = 0; at < length; at += channels) {
                for (int c = 0; c < channels; c++) {
                    out[length - channels - at + c] = in[at + c];
                }
            }
        }

        private void addShift(int from, int end, Lane lane) {
            for (int at = from; at < end; at += Lane.TILE) {
                int n = Math.min(Lane.TILE, end - at);
                shifted.load(at, n, lane.a, lane);
                inside.get(at, lane.row, 0, n);
                for (int i = 0; i < n; i++) {
                    lane.a[i] += lane.row[i] * shift;
                }
                shifted.store(at, n, lane.a, lane);
            }
        }
    }

    private boolean augments() {
        return flip || pad > 0 || cutout > 0;
    }

    /** A number from 0 to {@code bound - 1} out of 16 random bits. */
    private static int below(int bound, int bits16) {
        return bits16 * bound >>> 16;
    }
}
