package org.jengine.softcuda.memory;

/**
 * What is known of {@link #BYTES} neighbouring bytes: which of them were ever written, which turns touched them last, and, while a launch
 * runs, which threads did.
 *
 * <p>The cells of a running launch are public arrays, since the checker's loops over them are the price of every access. A cell is 4, 2 or
 * 1 bytes wide, as fine as the page's finest access so far, so that neighbours who write their own halves of a word are no race.
 */
public final class Page {
    /** Bytes that a page knows of. */
    public static final int BYTES = 4096;

    private static final int WORDS = BYTES / Long.SIZE;

    /** The launch that the cells belong to. */
    public int launch;

    /** Whether some turn that touched the page is not known to be over when the launch starts. */
    public boolean unordered;

    /** The binary logarithm of a cell's bytes. */
    public int shift = 2;

    /** Each cell's last writer in this launch, 0 for none; the last plain one if there is any. Null if nobody wrote at all. */
    public int[] writes;

    /** Each cell's last reader since its last write. */
    public int[] reads;

    /** At least so many of {@link #writes} are not 0; if it is all of them, nobody needs to look when the launch ends. */
    public int writesSet;

    /** At least so many of {@link #reads} are not 0. */
    public int readsSet;

    /** Another reader, where there are several; one of another block if any is. */
    public int[] others;

    /** Whether atomic or other strong writes touched the page since its cells are in use: those are among the readers too. */
    public boolean changed;

    private final int size;
    private boolean full;
    private long[] written;
    private Marks writers;
    private Marks readers;

    /**
     * @param size how many of its bytes are there: fewer than {@link #BYTES} at the end of an allocation
     * @param full whether all bytes count as written from the start
     */
    public Page(int size, boolean full) {
        this.size = size;
        this.full = full;
    }

    /** How many cells it has at its present fineness. */
    public int cells() {
        return BYTES >> shift;
    }

    /** Makes cells of {@code 1 << finer} bytes. */
    public void refine(int finer) {
        writes = spread(writes, shift - finer);
        reads = spread(reads, shift - finer);
        others = spread(others, shift - finer);
        writesSet <<= shift - finer;
        readsSet <<= shift - finer;
        shift = finer;
    }

    private static int[] spread(int[] cells, int by) {
        if (cells == null) {
            return null;
        }
        int[] spread = new int[cells.length << by];
        for (int i = 0; i < spread.length; i++) {
            spread[i] = cells[i >> by];
        }
        return spread;
    }

    /** Whether every byte was written. */
    public boolean full() {
        return full;
    }

    /** Notes that the bytes from {@code from} to before {@code to} were written. */
    public void setWritten(int from, int to) {
        if (full) {
            return;
        }
        if (from == 0 && to >= size) {
            full = true;
            written = null;
            return;
        }
        if (written == null) {
            written = new long[WORDS];
        }
        Bits.set(written, from, to);
    }

    /** Notes that the bytes hold nothing any more. */
    public void setUnwritten(int from, int to) {
        if (full) {
            written = new long[WORDS];
            Bits.set(written, 0, size);
            full = false;
        }
        if (written != null) {
            Bits.clear(written, from, to);
        }
    }

    /** The first byte of the range that nobody wrote, or -1. */
    public int unwritten(int from, int to) {
        if (full) {
            return -1;
        }
        return written == null ? from : Bits.firstClear(written, from, to);
    }

    /** Takes over which of another page's bytes were written. */
    void copyWritten(int to, Page source, int from, int count) {
        if (source.full) {
            setWritten(to, to + count);
        } else if (source.written == null) {
            setUnwritten(to, to + count);
        } else {
            long[] bits = source.written.clone();
            for (int i = 0; i < count; i++) {
                if (Bits.get(bits, from + i)) {
                    setWritten(to + i, to + i + 1);
                } else {
                    setUnwritten(to + i, to + i + 1);
                }
            }
        }
    }

    /** Forgets all: a block's shared memory starts anew. */
    public void forget() {
        full = false;
        written = null;
    }

    /** Whether every turn that touched the page is ordered before the one that asks. */
    public boolean ordered(Ordered order) {
        return (writers == null || writers.unordered(order, null) == 0) && (readers == null || readers.unordered(order, null) == 0);
    }

    /**
     * A turn that is not ordered before this one and conflicts with its access, or 0.
     *
     * @param writes whether the access writes: then it conflicts with reads too
     */
    public int conflict(Ordered order, int from, int to, boolean writes) {
        long[] range = Bits.range(from, to);
        int found = writers == null ? 0 : writers.unordered(order, range);
        return found != 0 || !writes || readers == null ? found : readers.unordered(order, range);
    }

    /** The turn that wrote the byte last; 0 if none did. */
    int writer(int at) {
        return writers == null ? 0 : writers.of(Bits.range(at, at + 1));
    }

    /** Notes a turn's access to a range. */
    void mark(Ordered order, int from, int to, boolean writes) {
        long[] range = from == 0 && to >= size ? null : Bits.range(from, to);
        if (writes) {
            markWrite(order.number(), range);
        } else {
            markRead(order, range);
        }
    }

    /** Ends a launch for this page: what its cells say becomes the turn's mark; the arrays are the caller's again. */
    public void settle(Ordered order) {
        if (writes != null) {
            markWrite(order.number(), bits(writes, writesSet));
        }
        if (reads != null) {
            markRead(order, bits(reads, readsSet));
        }
        writes = null;
        reads = null;
        others = null;
        writesSet = 0;
        readsSet = 0;
        changed = false;
        launch = 0;
        if (written != null && Bits.firstClear(written, 0, size) < 0) {
            full = true;
            written = null;
        }
    }

    private void markWrite(int turn, long[] range) {
        if (writers == null) {
            writers = new Marks();
        }
        writers.replace(turn, range);
        if (readers != null) {
            readers.drop(range);
        }
    }

    private void markRead(Ordered order, long[] range) {
        if (readers == null) {
            readers = new Marks();
        }
        readers.join(order, range);
    }

    /** The bytes whose cells are not 0; null for all of them. */
    private long[] bits(int[] cells, int set) {
        int there = size + (1 << shift) - 1 >> shift;
        if (set >= there) {
            return null;
        }
        int least = 1;
        for (int i = 0; i < there; i++) {
            least = Math.min(least, cells[i]);
        }
        if (least != 0) {
            return null;
        }
        long[] bits = new long[WORDS];
        int perWord = Long.SIZE >> shift;
        long one = (1L << (1 << shift)) - 1;
        long any = 0;
        for (int word = 0; word < WORDS; word++) {
            long made = 0;
            for (int i = 0; i < perWord; i++) {
                made |= (cells[word * perWord + i] != 0 ? one : 0) << (i << shift);
            }
            bits[word] = made;
            any |= made;
        }
        return any == 0 ? Bits.NOTHING : bits;
    }

    /** A turn that touched the page and is not ordered before, or 0. */
    int unfinished(Ordered order) {
        int found = writers == null ? 0 : writers.unordered(order, null);
        return found != 0 || readers == null ? found : readers.unordered(order, null);
    }
}
