package org.jengine.softcuda.simt;

import java.nio.charset.StandardCharsets;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;
import org.jengine.softcuda.memory.Allocation;

/** A call of a function that every device has: printf, malloc, free, and the end by a failed assertion. */
final class DeviceCall extends Step {
    private static final Set<String> KNOWN = Set.of("vprintf", "malloc", "free", "__assertfail");
    private static final int LONGEST = 1 << 16;

    private final String name;
    private final List<CallStep.Spot> arguments;
    private final List<CallStep.Spot> results;

    DeviceCall(int pc, String name, List<CallStep.Spot> arguments, List<CallStep.Spot> results) {
        super(pc);
        this.name = name;
        this.arguments = arguments;
        this.results = results;
    }

    static boolean known(String name) {
        return KNOWN.contains(name);
    }

    @Override
    void run(Block block, Frame frame, Mask mask) {
        for (int lane = mask.first(); lane < mask.end(); lane++) {
            if (mask.has(lane)) {
                long result = call(block, frame, lane);
                if (!results.isEmpty()) {
                    put(block, frame, lane, result);
                }
            }
        }
    }

    private long call(Block block, Frame frame, int lane) {
        switch (name) {
            case "vprintf" -> {
                String format = text(block, frame, lane, argument(block, frame, lane, 0));
                Format made = new Format(format);
                block.run().print(made.with(this, block, frame, lane, argument(block, frame, lane, 1)));
                return made.arguments();
            }
            case "malloc" -> {
                long bytes = argument(block, frame, lane, 0);
                return bytes == 0 ? 0 : block.run().space().allocate(Allocation.Kind.DEVICE, bytes, "malloc of a kernel").base();
            }
            case "free" -> {
                long address = argument(block, frame, lane, 0);
                Allocation found = address == 0 ? null : block.run().space().find(address, 1);
                if (address != 0 && (found == null || found.base() != address)) {
                    throw block.run().faults().illegal(block, frame, this, lane, "free of 0x" + Long.toHexString(address)
                            + ", which malloc has not given");
                }
                if (found != null) {
                    block.run().space().free(found);
                }
                return 0;
            }
            default -> throw block.run().faults().illegal(block, frame, this, lane, "assertion failed: "
                    + text(block, frame, lane, argument(block, frame, lane, 0)) + ", "
                    + text(block, frame, lane, argument(block, frame, lane, 1)) + ":" + (int) argument(block, frame, lane, 2) + ", in "
                    + text(block, frame, lane, argument(block, frame, lane, 3)));
        }
    }

    private long argument(Block block, Frame frame, int lane, int number) {
        CallStep.Spot spot = arguments.get(number);
        return spot.slot() >= 0 ? Lanes.bits(frame.register(spot.slot()), lane)
                : Transfer.get(block.local(), lane * block.localStride() + frame.localBase() + spot.offset(), spot.bytes(), false);
    }

    private void put(Block block, Frame frame, int lane, long bits) {
        CallStep.Spot spot = results.get(0);
        if (spot.slot() >= 0) {
            Lanes.set(frame.register(spot.slot()), lane, bits);
        } else {
            Transfer.put(block.local(), lane * block.localStride() + frame.localBase() + spot.offset(), spot.bytes(), bits);
        }
    }

    /** A C string at a generic address. */
    String text(Block block, Frame frame, int lane, long address) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (bytes.size() < LONGEST) {
            int next = (int) read(block, frame, lane, address + bytes.size(), 1);
            if (next == 0) {
                break;
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Bytes at a generic address. */
    long read(Block block, Frame frame, int lane, long address, int width) {
        long local = address - MemoryStep.LOCAL_WINDOW;
        if (local >= 0 && local + width <= block.localStride()) {
            return Transfer.get(block.local(), (int) local + lane * block.localStride(), width, false);
        }
        Allocation found = block.run().space().find(address, width);
        if (found == null) {
            throw block.run().faults().illegal(block, frame, this, lane, name + " reads 0x" + Long.toHexString(address)
                    + ", where no memory is");
        }
        byte[] bytes = new byte[Long.BYTES];
        found.read(address - found.base(), bytes, 0, width);
        return Transfer.get(bytes, 0, Long.BYTES, false);
    }
}
