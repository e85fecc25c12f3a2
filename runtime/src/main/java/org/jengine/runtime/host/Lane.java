package org.jengine.runtime.host;

import org.jengine.kernels.Dropout;

/** What one thread of the device works with: buffers on the Java heap, where loops are vectorised, and a queue to oneDNN. */
final class Lane {
    /** Floats that a tile holds; a handful of tiles fit into a first-level cache. */
    static final int TILE = 1024;
    /** Bytes of the longest row of an image. */
    static final int ROW = 1 << 16;

    final int index;
    /** From a row's place in its batch to its place among the rows that this lane keeps to itself; set for each part of a chain. */
    int rowShift;
    final Dnnl.Queue queue;
    final float[] a = new float[TILE];
    final float[] b = new float[TILE];
    final float[] c = new float[TILE];
    final float[] d = new float[TILE];
    /** For random words of many counters at once, and the dropout mask made of them. */
    final int[] words0 = new int[Dropout.BLOCKS];
    final int[] words1 = new int[Dropout.BLOCKS];
    final int[] words2 = new int[Dropout.BLOCKS];
    final int[] words3 = new int[Dropout.BLOCKS];
    final int[] mask = new int[Dropout.GROUP];
    final int[] bits = new int[TILE];
    final int[] bits2 = new int[TILE];
    final short[] half = new short[TILE];
    final byte[] row = new byte[ROW];
    final byte[] row2 = new byte[ROW];
    final int[] words = new int[4];

    Lane(int index, Dnnl dnnl) {
        this.index = index;
        this.queue = dnnl.queue();
    }
}
