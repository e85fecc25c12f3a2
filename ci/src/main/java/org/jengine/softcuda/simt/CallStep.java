package org.jengine.softcuda.simt;

import java.util.List;
import org.jengine.softcuda.simt.alu.Values;

/** call, of a function that is named or of the one whose address each lane has. */
final class CallStep extends Jump {
    /**
     * Where an argument, parameter or result lies: in a slot, or in local memory behind the frame's start.
     *
     * @param slot   or -1
     * @param offset in the frame's local memory
     * @param bytes  there
     */
    record Spot(int slot, int offset, int bytes) {
    }

    private static final int MOST_DEPTH = 10_000;

    private final FunctionCode target;
    private final int address;
    private final List<FunctionCode> functions;
    private final List<Spot> arguments;
    private final List<Spot> results;

    /**
     * @param target    null for an indirect call
     * @param address   the slot of the function's address, or -1
     * @param functions that an indirect call may reach
     */
    CallStep(int pc, FunctionCode target, int address, List<FunctionCode> functions, List<Spot> arguments, List<Spot> results) {
        super(pc);
        this.target = target;
        this.address = address;
        this.functions = functions;
        this.arguments = arguments;
        this.results = results;
    }

    List<Spot> results() {
        return results;
    }

    @Override
    int go(Block block, Group group, Mask active) {
        if (active != group.mask()) {
            block.push(group.at(group.at() + 1, group.mask().minus(active)));
        }
        if (target != null) {
            enter(block, group, active, target);
            return ELSEWHERE;
        }
        for (Mask rest = active; !rest.empty();) {
            boolean[] same = new boolean[block.lanes()];
            FunctionCode function = new Branches.Targets(group.frame().register(address)).first(rest, functions, same);
            if (function == null || function.parameters().size() != arguments.size()) {
                throw block.run().faults().illegal(block, group.frame(), this, rest.first(), "call of 0x"
                        + Long.toHexString(group.frame().register(address).l[rest.first()]) + ", which is no function of this kind");
            }
            Mask part = rest.where(same, false);
            enter(block, group, part, function);
            rest = rest.minus(part);
        }
        return ELSEWHERE;
    }

    private void enter(Block block, Group group, Mask lanes, FunctionCode function) {
        Frame caller = group.frame();
        int need = caller.localBase() + caller.code().localBytes() + function.localBytes();
        if (need > block.run().localLimit() || caller.depth() >= MOST_DEPTH) {
            throw block.run().faults().tooDeep(block, caller, this, lanes.first());
        }
        block.needLocal(need);
        Frame callee = caller.callee(block, group.at(), function);
        pass(block, caller, arguments, callee, function.parameters(), lanes);
        block.push(new Group(callee, 0, lanes, group.penalty()));
    }

    /** Copies what lies at some spots of a frame to those of another. */
    void pass(Block block, Frame from, List<Spot> sources, Frame to, List<Spot> targets, Mask lanes) {
        for (int k = 0; k < Math.min(sources.size(), targets.size()); k++) {
            Spot source = sources.get(k);
            Spot target = targets.get(k);
            if (source.slot() >= 0 && target.slot() >= 0) {
                Lanes.copy(from.register(source.slot()), to.register(target.slot()), lanes);
            } else if (source.slot() < 0 && target.slot() < 0) {
                copy(block, from.localBase() + source.offset(), to.localBase() + target.offset(), Math.min(source.bytes(), target.bytes()),
                        lanes);
            } else {
                mix(block, from, source, to, target, lanes);
            }
        }
    }

    private static void copy(Block block, int from, int to, int bytes, Mask lanes) {
        byte[] local = block.local();
        int stride = block.localStride();
        for (int lane = lanes.first(); lane < lanes.end(); lane++) {
            if (lanes.has(lane)) {
                System.arraycopy(local, lane * stride + from, local, lane * stride + to, bytes);
            }
        }
    }

    private static void mix(Block block, Frame from, Spot source, Frame to, Spot target, Mask lanes) {
        byte[] local = block.local();
        int stride = block.localStride();
        boolean load = source.slot() < 0;
        Values value = load ? to.register(target.slot()) : from.register(source.slot());
        int place = load ? from.localBase() + source.offset() : to.localBase() + target.offset();
        int bytes = load ? source.bytes() : target.bytes();
        for (int lane = lanes.first(); lane < lanes.end(); lane++) {
            if (lanes.has(lane) && load) {
                Lanes.set(value, lane, Transfer.get(local, lane * stride + place, bytes, false));
            } else if (lanes.has(lane)) {
                Transfer.put(local, lane * stride + place, bytes, Lanes.bits(value, lane));
            }
        }
    }
}
