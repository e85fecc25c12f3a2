package org.jengine.softcuda.simt;

import java.util.HashMap;
import java.util.Map;
import org.jengine.softcuda.simt.alu.Values;

/**
 * The registers of a function for all lanes of a block, for one chain of calls: lanes that came the same way share a frame, so that
 * they can meet again in it.
 */
final class Frame {
    private final FunctionCode code;
    private final Frame caller;
    private final int callStep;
    private final int depth;
    private final int serial;
    private final int localBase;
    private final Values[] registers;
    private final Values[][] results;
    private final Values[][] sources;
    private final Map<Long, Frame> callees = new HashMap<>();

    Frame(Block block, FunctionCode code, Frame caller, int callStep, int serial) {
        this.code = code;
        this.caller = caller;
        this.callStep = callStep;
        this.serial = serial;
        depth = caller == null ? 0 : caller.depth + 1;
        localBase = caller == null ? 0 : caller.localBase + caller.code.localBytes();
        registers = code.registers(block, localBase);
        results = new Values[code.steps().length][];
        sources = new Values[code.steps().length][];
        for (int k = 0; k < results.length; k++) {
            AluStep step = code.steps()[k].alu();
            if (step != null) {
                results[k] = pick(step.results());
                sources[k] = pick(step.sources());
            }
        }
    }

    Values[] pick(int... slots) {
        Values[] picked = new Values[slots.length];
        for (int k = 0; k < slots.length; k++) {
            picked[k] = registers[slots[k]];
        }
        return picked;
    }

    FunctionCode code() {
        return code;
    }

    /** Null for the kernel itself. */
    Frame caller() {
        return caller;
    }

    /** The step of the caller that called. */
    int callStep() {
        return callStep;
    }

    int depth() {
        return depth;
    }

    int serial() {
        return serial;
    }

    /** Where the function's local memory starts in that of a thread. */
    int localBase() {
        return localBase;
    }

    Values register(int slot) {
        return registers[slot];
    }

    Values[] results(int step) {
        return results[step];
    }

    Values[] sources(int step) {
        return sources[step];
    }

    /** The frame of a function that a step calls. */
    Frame callee(Block block, int step, FunctionCode function) {
        return callees.computeIfAbsent((long) step << Integer.SIZE | function.number(),
                key -> new Frame(block, function, this, step, block.nextSerial()));
    }
}
