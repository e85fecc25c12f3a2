package org.jengine.softcuda.memory;

import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The device's addresses. An address is never given out twice, so that a use after free is told from a use of what came later, and no
 * allocation is
 * next to another, so that an access past an end hits none.
 */
public final class AddressSpace {
    /** Every allocation starts at a multiple, as the real driver's do at least. */
    public static final long ALIGNMENT = 512;

    /** What the program and the device share starts at a page, on any machine. */
    private static final long SHARED_ALIGNMENT = 1 << 16;

    /** The first address: above what a JVM's heap, a coloured one too, is mapped at, and far below stacks and libraries. */
    public static final long FIRST = 0x3000_0000_0000L;

    private static final long GUARD = 1 << 16;

    private final NavigableMap<Long, Allocation> all = new TreeMap<>();
    private long next = FIRST;
    private long liveBytes;
    private final Shadows shadows = new Shadows();

    /** Memory for {@code bytes} bytes, never written. The caller has seen to it that the device has that much. */
    public Allocation allocate(Allocation.Kind kind, long bytes, String label) {
        if (kind == Allocation.Kind.PINNED || kind == Allocation.Kind.MANAGED) {
            next = (next + SHARED_ALIGNMENT - 1) / SHARED_ALIGNMENT * SHARED_ALIGNMENT;
        }
        Allocation made = new Allocation(next, bytes, kind, label);
        next = (next + bytes + GUARD + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        all.put(made.base(), made);
        liveBytes += bytes;
        return made;
    }

    /** Addresses for memory that is there only while {@link #revive} has given it bytes and nothing has freed it since. */
    public Allocation reserve(Allocation.Kind kind, long bytes, String label) {
        Allocation made = allocate(kind, bytes, label);
        free(made, "nothing yet: no launch of its graph has taken it");
        return made;
    }

    /** Gives an allocation that was freed fresh bytes at its old addresses. */
    public void revive(Allocation allocation) {
        if (allocation.live()) {
            throw new IllegalArgumentException(allocation + " is there already");
        }
        shadows.settle();
        allocation.revive();
        liveBytes += allocation.bytes();
    }

    /** Ends an allocation; its addresses stay known as freed. */
    public void free(Allocation allocation) {
        free(allocation, null);
    }

    /** @param by what frees it, as reports of later uses name it; null if nobody knows */
    public void free(Allocation allocation, String by) {
        if (!allocation.live()) {
            throw new IllegalArgumentException(allocation + " was freed before");
        }
        shadows.settle();
        allocation.die(by);
        liveBytes -= allocation.bytes();
    }

    /** What is known of all bytes together. */
    public Shadows shadows() {
        return shadows;
    }

    /** Whether the address lies in the range that this device has given out: no address of the program's own memory does. */
    public boolean isDevice(long address) {
        return address >= FIRST && address < next;
    }

    /** The allocation, live or freed, that holds the address, or the nearest before it; null if there is none before it. */
    public Allocation nearest(long address) {
        Map.Entry<Long, Allocation> entry = all.floorEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** The live allocation that holds all of the bytes, or null. */
    public Allocation find(long address, long count) {
        Allocation found = nearest(address);
        return found != null && found.live() && found.holds(address, count) ? found : null;
    }

    public long liveBytes() {
        return liveBytes;
    }

    /** Every allocation so far, freed ones too. */
    public Collection<Allocation> all() {
        return all.values();
    }
}
