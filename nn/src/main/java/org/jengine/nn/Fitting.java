package org.jengine.nn;

import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceMemory;
import org.jengine.runtime.OutOfDeviceMemory;

/**
 * Makes a plan, and where there is too little device memory for it says what was needed, what there is, who has the rest, and the largest
 * batch that fits. That batch is found by planning for smaller ones without making their memory.
 *
 * @param <T> what is planned
 */
final class Fitting<T> {
    /** Sizes grow with the batch almost in proportion, so that few plans come close to the largest batch. */
    private static final int MOST_PLANS = 10;

    private final Net net;
    private final Device device;
    private final Plan<T> plan;

    /** Plans for a batch, and asks for the room before it makes anything. */
    interface Plan<T> {
        T make(int batch, Room room);
    }

    Fitting(Net net, Device device, Plan<T> plan) {
        this.net = net;
        this.device = device;
        this.plan = plan;
    }

    /**
     * Plans for a batch.
     *
     * @throws OutOfDeviceMemory if there is too little memory, with what would fit
     */
    T make(int batch) {
        Room room = Room.in(device);
        try {
            return plan.make(batch, room);
        } catch (OutOfDeviceMemory e) {
            throw explained(batch, room, e);
        }
    }

    /**
     * The largest batch that fits, found without making anything.
     *
     * @param wanted the largest that is asked for; the answer where the device does not tell what memory it has
     * @return 0 if not even one image fits
     */
    int largest(int wanted) {
        DeviceMemory memory = device.memory();
        if (!memory.known()) {
            return wanted;
        }
        long lack = lack(wanted, memory);
        return lack <= 0 ? wanted : largest(wanted, lack, memory);
    }

    private OutOfDeviceMemory explained(int batch, Room room, OutOfDeviceMemory refusal) {
        DeviceMemory memory;
        try {
            memory = device.memory();
        } catch (DeviceException e) {
            refusal.addSuppressed(e);
            return refusal;
        }
        String where = device.info().id() + " (" + device.info().name() + ")";
        String left = memory.free() < 0 ? "" : "; " + Room.megabytes(memory.free()) + " of " + Room.megabytes(device.info().memory())
                + " are free" + (memory.largest() >= 0 && memory.largest() < memory.free()
                ? ", " + Room.megabytes(memory.largest()) + " in one piece" : "");
        String need = room.asked() ? "needs " + room.describe() + " on " + where + left
                : "cannot be planned on " + where + left + "\n" + refusal.getMessage().lines().findFirst().orElse("");
        String users = memory.users().isEmpty() ? "" : "\nin use by " + String.join(", ", memory.users());
        OutOfDeviceMemory told = new OutOfDeviceMemory("out of device memory: batch " + batch + " of " + net.name() + " " + need + users
                + "\n" + remedy(batch, room, memory), room.asked() ? room.need() : refusal.asked(), memory.free());
        told.initCause(refusal);
        return told;
    }

    private String remedy(int batch, Room room, DeviceMemory memory) {
        if (!memory.known() || room.asked() && room.lack() <= 0) {
            return "a smaller batch needs less (--batch N)";
        }
        int fits = largest(batch, room.asked() ? room.lack() : Long.MAX_VALUE, memory);
        return fits > 0 ? "the largest batch that fits: " + fits + " (--batch " + fits + ")"
                : "not even a batch of 1 fits: take fewer images (--limit N) or another device";
    }

    /**
     * The largest batch that fits.
     *
     * @param tooLarge a batch that does not
     * @param lack     bytes that it lacks; the largest number if that is not known
     * @return 0 if there is none
     */
    private int largest(int tooLarge, long lack, DeviceMemory memory) {
        int low = 1;
        int high = tooLarge;
        long lowLack = lack(low, memory);
        long highLack = lack;
        if (low >= high || lowLack > 0) {
            return 0;
        }
        for (int plans = 1; plans < MOST_PLANS && high - low > 1; plans++) {
            double share = highLack == Long.MAX_VALUE ? 0.5 : -(double) lowLack / ((double) highLack - lowLack);
            int middle = Math.max(low + 1, Math.min(high - 1, low + (int) (share * (high - low))));
            long middleLack = lack(middle, memory);
            if (middleLack > 0) {
                high = middle;
                highLack = middleLack;
            } else {
                low = middle;
                lowLack = middleLack;
            }
        }
        return low;
    }

    private long lack(int batch, DeviceMemory memory) {
        Room room = Room.toMeasure(memory);
        try {
            plan.make(batch, room);
            throw new IllegalStateException("a plan was made without asking for memory");
        } catch (OutOfDeviceMemory e) {
            return room.asked() ? room.lack() : Long.MAX_VALUE;
        }
    }
}
