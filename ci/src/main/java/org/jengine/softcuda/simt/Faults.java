package org.jengine.softcuda.simt;

import java.util.List;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;

/** Words for what ends a kernel. */
final class Faults {
    /** The program's own addresses start about here. */
    private static final long HOST = 0x5000_0000_0000L;

    private final AddressSpace space;

    Faults(AddressSpace space) {
        this.space = space;
    }

    /** A lane touched global memory that is not there, or not any more. */
    Fault global(Block block, Frame frame, MemoryStep step, int lane, long address) {
        return global(block, frame, step, words(step), step.bytes(), lane, address);
    }

    /** @param words what it does with how many bytes */
    Fault global(Block block, Frame frame, Step step, String words, long bytes, int lane, long address) {
        String what = words + " at 0x" + Long.toHexString(address);
        if (address == 0) {
            return fault(Rule.OUT_OF_BOUNDS, what + ", a null pointer", block, frame, step, lane);
        }
        if (address >= HOST || address < 0) {
            return fault(Rule.HOST_POINTER, what + ", which is no address of the device's but looks like one of the program's", block,
                    frame, step, lane);
        }
        Allocation before = space.nearest(address);
        Allocation after = space.all().stream().filter(a -> a.base() > address).findFirst().orElse(null);
        long past = before == null ? Long.MAX_VALUE : address + bytes - before.base() - before.bytes();
        long ahead = after == null ? Long.MAX_VALUE : after.base() - address;
        if (before == null && after == null) {
            return fault(Rule.OUT_OF_BOUNDS, what + ", where no memory was ever allocated", block, frame, step, lane);
        }
        if (past <= 0) {
            return fault(Rule.USE_AFTER_FREE, what + ", byte " + (address - before.base()) + " of " + before + ", which has been freed",
                    block, frame, step, lane);
        }
        String place = past <= ahead ? ", which ends " + past + " bytes behind the end of " + before + freed(before)
                : ", which starts " + ahead + " bytes before " + after + freed(after);
        return fault(Rule.OUT_OF_BOUNDS, what + place, block, frame, step, lane);
    }

    private static String freed(Allocation allocation) {
        return allocation.live() ? "" : ", which has been freed";
    }

    /** A lane touched memory of its block or its own behind the end. */
    Fault window(Block block, Frame frame, MemoryStep step, int lane, String which, long offset, long size) {
        return window(block, frame, step, words(step), lane, which, offset, size);
    }

    Fault window(Block block, Frame frame, Step step, String words, int lane, String which, long offset, long size) {
        return fault(Rule.OUT_OF_BOUNDS, words + " at offset " + offset + " of " + which + " memory, of which there are " + size + " bytes",
                block, frame, step, lane);
    }

    /** @param where words for what the address lies in */
    Fault misaligned(Block block, Frame frame, MemoryStep step, int lane, long address, String where) {
        return misaligned(block, frame, step, words(step), step.alignment(), lane, address, where);
    }

    Fault misaligned(Block block, Frame frame, Step step, String words, int alignment, int lane, long address, String where) {
        return fault(Rule.MISALIGNED, words + " at 0x" + Long.toHexString(address) + " of " + where + ", which is no multiple of "
                + alignment, block, frame, step, lane);
    }

    private static String words(MemoryStep step) {
        return step.verb() + " of " + step.bytes() + " bytes";
    }

    Fault illegal(Block block, Frame frame, Step step, int lane, String message) {
        return fault(Rule.ILLEGAL_INSTRUCTION, message, block, frame, step, lane);
    }

    Fault tooDeep(Block block, Frame frame, Step step, int lane) {
        return fault(Rule.OUT_OF_BOUNDS, "calls are nested so deep that a thread's local memory does not hold them", block, frame, step,
                lane);
    }

    /** Nobody in the block can go on. */
    Fault stuck(Block block, List<Barriers.Waiting> barriers, List<Group> warps, List<Group> cluster) {
        StringBuilder where = new StringBuilder();
        Group first = !warps.isEmpty() ? warps.get(0) : !barriers.isEmpty() ? barriers.get(0).group() : cluster.get(0);
        for (Barriers.Waiting some : barriers) {
            where.append("threads ").append(lanes(some.group().mask())).append(" wait at barrier ").append(some.id()).append(": ")
                    .append(line(block, some.group())).append('\n');
        }
        for (Group group : warps) {
            where.append("threads ").append(lanes(group.mask())).append(" wait for others of their warp: ").append(line(block, group))
                    .append('\n');
        }
        for (Group group : cluster) {
            where.append("threads ").append(lanes(group.mask())).append(" wait at the cluster's barrier: ").append(line(block, group))
                    .append('\n');
        }
        Mask ended = block.all().minus(block.live());
        if (!ended.empty()) {
            where.append("threads ").append(lanes(ended)).append(" have ended\n");
        }
        String message = barriers.isEmpty() && cluster.isEmpty() ? "threads wait for others of their warp that never come"
                : "threads wait at a barrier that others never reach";
        return new Fault(new Report(Rule.BARRIER_DIVERGENCE, message,
                where + where(block, first.frame(), first.frame().code().steps()[first.at()], first.mask().first())));
    }

    /** Threads of one warp came to a barrier at two places. */
    Fault parted(Block block, Barriers.Waiting one, Barriers.Waiting other) {
        return new Fault(new Report(Rule.BARRIER_DIVERGENCE, "threads of one warp wait at barrier " + one.id() + " at two places",
                "threads " + lanes(one.group().mask()) + ": " + line(block, one.group()) + "\nthreads " + lanes(other.group().mask()) + ": "
                        + line(block, other.group()) + "\n" + where(block, one.group().frame(), one.step(), one.group().mask().first())));
    }

    private static Fault fault(Rule rule, String message, Block block, Frame frame, Step step, int lane) {
        return new Fault(new Report(rule, message, where(block, frame, step, lane)));
    }

    private static String where(Block block, Frame frame, Step step, int lane) {
        Run run = block.run();
        Launch launch = run.launch();
        Kernel kernel = launch.kernel();
        int pc = block.pc(frame, step);
        String source = kernel.sourceLine(pc);
        long number = block.number();
        return "kernel " + kernel.name() + ", PTX line " + kernel.ptxLine(pc) + ": " + kernel.text(pc)
                + (source == null ? "" : "\nsource " + source)
                + "\nblock (" + number % launch.gridX() + ", " + number / launch.gridX() % launch.gridY() + ", "
                + number / launch.gridX() / launch.gridY() + "), thread (" + lane % launch.blockX() + ", "
                + lane / launch.blockX() % launch.blockY() + ", " + lane / launch.blockX() / launch.blockY() + ")";
    }

    private static String line(Block block, Group group) {
        Kernel kernel = block.run().kernel();
        int pc = block.pc(group.frame(), group.frame().code().steps()[group.at()]);
        String source = kernel.sourceLine(pc);
        return "PTX line " + kernel.ptxLine(pc) + ": " + kernel.text(pc) + (source == null ? "" : " (" + source + ")");
    }

    private static String lanes(Mask mask) {
        StringBuilder text = new StringBuilder();
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length && r < 16; r += 2) {
            text.append(r == 0 ? "" : ", ").append(runs[r]);
            if (runs[r + 1] > runs[r] + 1) {
                text.append("-").append(runs[r + 1] - 1);
            }
        }
        return runs.length > 16 ? text + ", ..." : text.toString();
    }
}
