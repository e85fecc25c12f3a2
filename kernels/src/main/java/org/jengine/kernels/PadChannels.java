package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Pictures of few channels with zeros beside them, for a library that is quicker with more, and the way back for the gradient of filters
 * that were padded so. For NVIDIA's GPUs.
 */
public final class PadChannels {
    /** Most channels that are padded. */
    public static final int MOST = 4;
    private static final int THREADS = 256;
    /** Bytes that a thread writes at once. */
    private static final int ACCESS = 16;

    private PadChannels() {
    }

    /** Channels after padding: as many as 16 bytes hold. */
    public static int padded(DType real) {
        return ACCESS / real.bytes();
    }

    /**
     * {@code pad_channels_fwd_<real>}: {@code y real[pixels, padded]} is {@code x real[pixels, channels]} and zeros; {@code padded} is
     * {@link #padded}.
     */
    public static KernelDef fwd(DType real) {
        return new Pad(real, true);
    }

    /** {@code pad_channels_bwd_f32}: {@code y F32[pixels, channels]} is the first channels of {@code x F32[pixels, padded]}. */
    public static KernelDef bwd() {
        return new Pad(DType.F32, false);
    }

    private record Pad(DType real, boolean forward) implements KernelDef {
        private Pad {
            Real.require("pad_channels", real);
        }

        @Override
        public String entry() {
            return Real.entry("pad_channels_" + (forward ? "fwd" : "bwd"), real);
        }

        @Override
        public Devices devices() {
            return Devices.CUDA;
        }

        @Override
        public Map<String, String> constants() {
            return Map.of("MOST", Integer.toString(MOST), "BLOCK_PIXELS", Integer.toString(THREADS));
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.in("x", real), Param.size("pixels"), Param.size("channels"), Param.size("padded"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return sizes.product("pixels", buffer.equals("y") == forward ? "padded" : "channels");
        }

        /** A pixel a thread. */
        @Override
        public Grid grid(Args sizes) {
            int channels = sizes.size("channels");
            int padded = sizes.size("padded");
            boolean fits = forward ? padded == padded(real) : padded == padded(DType.F32) || padded == padded(DType.BF16);
            if (channels < 1 || channels > MOST || !fits) {
                throw new IllegalArgumentException(channels + " channels of " + real + " are not padded to " + padded);
            }
            if (sizes.product("pixels", "padded") > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("more elements than 32 bits count");
            }
            return new Grid((sizes.size("pixels") + THREADS - 1) / THREADS, 1, 1, THREADS);
        }

        @Override
        public void reference(Args a) {
            int to = a.size(forward ? "padded" : "channels");
            int from = a.size(forward ? "channels" : "padded");
            for (int p = 0; p < a.size("pixels"); p++) {
                for (int c = 0; c < to; c++) {
                    a.data("y").set(p * to + c, c < from ? a.data("x").get(p * from + c) : 0);
                }
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int[] size : new int[][] {{1000, 3}, {127, 1}, {256, 2}, {1, 4}}) {
                int pixels = size[0];
                int channels = size[1];
                for (int padded : forward ? new int[] {padded(real)} : new int[] {padded(DType.F32), padded(DType.BF16)}) {
                    cases.add(new Case(pixels + "x" + channels + "to" + padded, 0, random -> Args.of(this)
                            .out("y", pixels * (forward ? padded : channels))
                            .data("x", Fill.normal(real, pixels * (forward ? channels : padded), random, 1))
                            .size("pixels", pixels).size("channels", channels).size("padded", padded).build()));
                }
            }
            return cases;
        }
    }
}
