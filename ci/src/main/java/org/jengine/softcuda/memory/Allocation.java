package org.jengine.softcuda.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One piece of device memory: a run of device addresses with its bytes. The bytes come in pages that exist once somebody touches them,
 * so that a
 * program may ask for as much as the GPU has. What is read and written here is not checked; {@link AddressSpace} and the checker do that.
 */
public final class Allocation {
    /** How the program came by the memory; what is the machine's own is none of the program's. */
    public enum Kind { DEVICE, ASYNC, MANAGED, PINNED, GLOBAL, CONSTANT, MACHINE }

    /** Bytes of a page; an access that stays within one may use {@link #page} and {@link #inPage}. */
    public static final int PAGE = 1 << 20;

    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long base;
    private final long bytes;
    private final Kind kind;
    private final String label;
    private final byte[][] pages;
    private boolean live = true;
    private String freedBy;
    private Shadow shadow;

    Allocation(long base, long bytes, Kind kind, String label) {
        this.base = base;
        this.bytes = bytes;
        this.kind = kind;
        this.label = label;
        pages = new byte[Math.toIntExact((bytes + PAGE - 1) / PAGE)][];
    }

    /** The first device address. */
    public long base() {
        return base;
    }

    /** The size the program asked for. */
    public long bytes() {
        return bytes;
    }

    public Kind kind() {
        return kind;
    }

    /** How reports name it: what made it, and its number. */
    public String label() {
        return label;
    }

    /** Whether the program has not freed it yet. */
    public boolean live() {
        return live;
    }

    /** What freed it, or null if it is live or nobody said. */
    public String freedBy() {
        return freedBy;
    }

    /** What is known of its bytes; made when first asked for, so that a run without checks has none. */
    public Shadow shadow() {
        if (shadow == null) {
            shadow = new Shadow(bytes, kind != Kind.DEVICE && kind != Kind.ASYNC);
        }
        return shadow;
    }

    void die(String by) {
        live = false;
        freedBy = by;
        shadow = null;
        java.util.Arrays.fill(pages, null);
    }

    void revive() {
        live = true;
        freedBy = null;
    }

    /** Whether {@code count} bytes from the address on lie inside. */
    public boolean holds(long address, long count) {
        long offset = address - base;
        return offset >= 0 && count <= bytes - offset;
    }

    /** The page of an offset in bytes from {@link #base}, made if nobody touched it yet. */
    public byte[] page(long offset) {
        int number = (int) (offset / PAGE);
        byte[] page = pages[number];
        if (page == null) {
            page = new byte[(int) Math.min(PAGE, bytes - (long) number * PAGE)];
            pages[number] = page;
        }
        return page;
    }

    /** Where an offset lies in its page. */
    public static int inPage(long offset) {
        return (int) (offset & (PAGE - 1));
    }

    public void read(long offset, byte[] to, int at, int count) {
        for (int done = 0; done < count;) {
            int in = inPage(offset + done);
            int part = Math.min(count - done, PAGE - in);
            System.arraycopy(page(offset + done), in, to, at + done, part);
            done += part;
        }
    }

    public void write(long offset, byte[] from, int at, int count) {
        for (int done = 0; done < count;) {
            int in = inPage(offset + done);
            int part = Math.min(count - done, PAGE - in);
            System.arraycopy(from, at + done, page(offset + done), in, part);
            done += part;
        }
    }

    /** Little-endian; the access may lie across two pages. */
    public int getInt(long offset) {
        int in = inPage(offset);
        if (in + Integer.BYTES <= PAGE) {
            return (int) INT.get(page(offset), in);
        }
        byte[] four = new byte[Integer.BYTES];
        read(offset, four, 0, Integer.BYTES);
        return ByteBuffer.wrap(four).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Override
    public String toString() {
        return label + " [0x" + Long.toHexString(base) + ", " + bytes + " bytes]";
    }
}
