package org.jengine.softcuda.memory;

/** What is known of an allocation's bytes, by pages that exist once somebody touches them. */
public final class Shadow {
    /** Pages are kept in lists of so many, so that a huge allocation that is hardly touched costs little. */
    private static final int LIST = 256;

    private final long bytes;
    private final boolean written;
    private final Page[][] lists;
    /** The turn in which the memory came into being, as if it had written all of it; null if it was there from the call on. */
    private Ordered birth;

    /** @param written whether the memory counts as written from the start, as variables of modules do, which CUDA zeroes */
    Shadow(long bytes, boolean written) {
        this.bytes = bytes;
        this.written = written;
        lists = new Page[Math.toIntExact((bytes + (long) Page.BYTES * LIST - 1) / ((long) Page.BYTES * LIST))][];
    }

    /** The page that knows of the byte at the offset. */
    public Page page(long offset) {
        long number = offset / Page.BYTES;
        int list = (int) (number / LIST);
        if (lists[list] == null) {
            lists[list] = new Page[LIST];
        }
        int in = (int) (number % LIST);
        Page page = lists[list][in];
        if (page == null) {
            int size = (int) Math.min(Page.BYTES, bytes - number * Page.BYTES);
            page = new Page(size, written);
            if (birth != null) {
                page.mark(birth, 0, size, true);
            }
            lists[list][in] = page;
        }
        return page;
    }

    /** Where an offset lies in its page. */
    public static int inPage(long offset) {
        return (int) (offset & Page.BYTES - 1);
    }

    /** The first byte of the range that nobody wrote, or -1. */
    long unwritten(long offset, long count) {
        for (long at = offset; at < offset + count;) {
            int in = inPage(at);
            int part = (int) Math.min(Page.BYTES - in, offset + count - at);
            int found = page(at).unwritten(in, in + part);
            if (found >= 0) {
                return at - in + found;
            }
            at += part;
        }
        return -1;
    }

    void setWritten(long offset, long count) {
        for (long at = offset; at < offset + count;) {
            int in = inPage(at);
            int part = (int) Math.min(Page.BYTES - in, offset + count - at);
            page(at).setWritten(in, in + part);
            at += part;
        }
    }

    /** Takes over which bytes of another range were written; the ranges must not overlap. */
    void copyWritten(long to, Shadow source, long from, long count) {
        for (long done = 0; done < count;) {
            int in = inPage(to + done);
            int out = inPage(from + done);
            int part = (int) Math.min(Math.min(Page.BYTES - in, Page.BYTES - out), count - done);
            page(to + done).copyWritten(in, source.page(from + done), out, part);
            done += part;
        }
    }

    /**
     * Notes an access of a whole turn to a range.
     *
     * @return a turn that is not ordered before and conflicts, or 0
     */
    int touch(Ordered order, long offset, long count, boolean writes) {
        int conflict = 0;
        for (long at = offset; at < offset + count;) {
            int in = inPage(at);
            int part = (int) Math.min(Page.BYTES - in, offset + count - at);
            Page page = page(at);
            if (conflict == 0 && !page.ordered(order)) {
                conflict = page.conflict(order, in, in + part, writes);
            }
            page.mark(order, in, in + part, writes);
            at += part;
        }
        return conflict;
    }

    /** The turn that wrote the byte last; 0 if no turn did. */
    int writer(long offset) {
        return page(offset).writer(inPage(offset));
    }

    void begun(Ordered order) {
        birth = order;
    }

    /** A turn that touched any byte and is not ordered before the one that asks, or 0: who frees the memory must be after all. */
    public int unfinished(Ordered order) {
        for (Page[] list : lists) {
            for (int i = 0; list != null && i < LIST; i++) {
                int found = list[i] == null ? 0 : list[i].unfinished(order);
                if (found != 0) {
                    return found;
                }
            }
        }
        return 0;
    }
}
