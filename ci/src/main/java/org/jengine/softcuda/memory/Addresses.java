package org.jengine.softcuda.memory;

import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Report.Rule;

/** Says what is wrong with an address: the words are the same for kernels, copies and library calls. */
public final class Addresses {
    private Addresses() {
    }

    /**
     * The live allocation that holds all of the bytes.
     *
     * @param where who asks, as reports show it
     * @throws Fault that tells what the address is instead
     */
    public static Allocation require(AddressSpace space, long address, long count, boolean writes, String where) {
        Allocation found = space.find(address, count);
        if (found == null) {
            throw new Fault(wrong(space, address, count, writes, where));
        }
        return found;
    }

    /**
     * What is wrong with an address at which no live allocation holds {@code count} bytes.
     *
     * @param where who asks, as reports show it
     */
    public static Report wrong(AddressSpace space, long address, long count, boolean writes, String where) {
        String access = (writes ? "a write" : "a read") + " of " + count + " bytes at " + hex(address) + " ";
        if (address == 0) {
            return new Report(Rule.OUT_OF_BOUNDS, access + "(a null pointer)", where);
        }
        if (!space.isDevice(address)) {
            String message = access + "is outside of the device's memory: a host pointer, or no pointer at all";
            return new Report(Rule.HOST_POINTER, message, where);
        }
        Allocation near = space.nearest(address);
        if (near.holds(address, 1) && !near.live()) {
            String by = near.freedBy() == null ? "" : " by " + near.freedBy();
            String message = access + "is at offset " + (address - near.base()) + " of " + near + ", freed" + by;
            return new Report(Rule.USE_AFTER_FREE, message, where);
        }
        return new Report(Rule.OUT_OF_BOUNDS, access + outside(near, address, count), where);
    }

    private static String outside(Allocation near, long address, long count) {
        long offset = address - near.base();
        String name = (near.live() ? "" : "(freed) ") + near;
        if (offset >= near.bytes()) {
            return "is " + (offset - near.bytes()) + " bytes past the end of " + name;
        }
        return "starts at offset " + offset + " and reaches " + (offset + count - near.bytes()) + " bytes past the end of " + name;
    }

    /**
     * A fault if a pointer that should be the program's own is the device's; else null.
     *
     * @param what the argument, as in "the destination of cuMemcpyDtoH"
     */
    public static Report notHost(AddressSpace space, long address, String what, String where) {
        if (!space.isDevice(address)) {
            return null;
        }
        Allocation near = space.nearest(address);
        return new Report(Rule.DEVICE_POINTER, what + " is a device pointer: " + place(near, address - near.base()), where);
    }

    /** Where an address lies, as every report says it. */
    public static String place(Allocation allocation, long offset) {
        return hex(allocation.base() + offset) + ", offset " + offset + " of " + allocation;
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
