package org.jengine.runtime.host;

import static org.jengine.runtime.host.HostLibrary.require;

import org.jengine.kernels.DType;
import org.jengine.runtime.NormSpec;

/**
 * Batch normalisation in Java. oneDNN's own wants the whole batch at once; here statistics are summed part by part, so that the
 * operation joins the chains on either side of it. The channel is the last dimension, so a tile holds whole rows of channels and
 * per-channel values are repeated to a tile's length: all loops run straight through memory.
 */
abstract class NormOp extends ImageOp {
    final NormSpec spec;
    final int channels;
    /** Floats of a tile: as many whole rows of channels as fit, at least one. */
    final int span;

    NormOp(String name, NormSpec spec, Access... accesses) {
        super(name + " " + spec.channels(), spec.n(), accesses);
        this.spec = spec;
        channels = spec.channels();
        span = Math.max(1, Lane.TILE / channels) * channels;
    }

    static long count(NormSpec s) {
        return (long) s.n() * s.pixels() * s.channels();
    }

    static HostSlice images(NormSpec s, String argument, HostSlice slice) {
        return require("batch norm", argument, slice, s.real(), count(s));
    }

    static HostSlice vector(NormSpec s, String argument, HostSlice slice) {
        return require("batch norm", argument, slice, DType.F32, s.channels());
    }

    final int rowsPerImage() {
        return spec.pixels();
    }

    /** Walks over the rows of a part in tiles, with arrays of a tile's length for every lane. */
    abstract static class Walk extends Work {
        private final NormOp op;
        private final Tiling tiling;
        private final int arrays;
        private float[][][] tiles;

        Walk(NormOp op, Tiling tiling, int arrays) {
            super(tiling.parts());
            this.op = op;
            this.tiling = tiling;
            this.arrays = arrays;
        }

        @Override
        void link(Lanes lanes) {
            tiles = new float[lanes.count()][arrays][op.span];
            linked();
        }

        @Override
        final void run(int part, Lane lane) {
            float[][] t = tiles[lane.index];
            int perImage = op.spec.pixels() * op.channels;
            int from = tiling.from(part) * perImage;
            int end = from + tiling.count(part) * perImage;
            begin(part, from, t, lane);
            for (int at = from; at < end; at += op.span) {
                tile(at, Math.min(op.span, end - at), t, lane);
            }
            end(part, (end - from) / op.channels, t);
        }

        abstract void linked();

        abstract void begin(int part, int from, float[][] t, Lane lane);

        abstract void tile(int at, int n, float[][] t, Lane lane);

        void end(int part, int rows, float[][] t) {
        }

        /** The sum over a tile of repeated channels of what belongs to channel {@code c}. */
        final double fold(float[] tile, int c) {
            double sum = 0;
            for (int i = c; i < tile.length; i += op.channels) {
                sum += tile[i];
            }
            return sum;
        }

        /** Repeats {@code value} of channel {@code c} through a tile. */
        final void spread(float[] tile, int c, float value) {
            for (int i = c; i < tile.length; i += op.channels) {
                tile[i] = value;
            }
        }
    }
}
