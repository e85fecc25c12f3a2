package org.jengine.runtime.host;

/** What one thread of the device works with: buffers on the Java heap, where loops are vectorised, and a queue to oneDNN. */
final class Lane {
    /** Floats that a tile holds; a handful of tiles fit into a first-level cache. */
    static final int TILE = 1024;

    final int index;
    final Dnnl.Queue queue;
    final float[] a = new float[TILE];
    final float[] b = new float[TILE];
    final float[] c = new float[TILE];
    final float[] d = new float[TILE];
    final short[] half = new short[TILE];
    final byte[] row = new byte[64 * TILE];
    final byte[] row2 = new byte[64 * TILE];
    final int[] words = new int[4];

    Lane(int index, Dnnl dnnl) {
        this.index = index;
        this.queue = dnnl.queue();
    }
}
