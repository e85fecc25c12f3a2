package org.jengine.softcuda.simt;

import java.util.List;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.simt.alu.Kind;
import org.jengine.softcuda.simt.alu.Values;

/** A function as it is run: its steps, and what each slot of a frame holds. */
final class FunctionCode {
    /** A slot that nothing writes. */
    sealed interface Fixed {
        int slot();
    }

    /** The same bits in every lane. */
    record Constant(int slot, long bits) implements Fixed {
    }

    /** The address in local memory of something that lies so far behind the frame's start. */
    record Local(int slot, int offset) implements Fixed {
    }

    /** What the machine sets. */
    record Special(int slot, String name) implements Fixed {
    }

    private final int number;
    private final Function function;
    private Step[] steps;
    private Kind[] kinds;
    private List<Fixed> fixed;
    private int localBytes;
    private List<CallStep.Spot> parameters = List.of();
    private List<CallStep.Spot> results = List.of();

    FunctionCode(int number, Function function) {
        this.number = number;
        this.function = function;
    }

    void define(List<Step> made, List<Kind> slots, List<Fixed> unwritten, int local) {
        steps = made.toArray(Step[]::new);
        kinds = slots.toArray(Kind[]::new);
        fixed = List.copyOf(unwritten);
        localBytes = local;
    }

    /** Says where callers put parameters and find results. */
    void passes(List<CallStep.Spot> in, List<CallStep.Spot> out) {
        parameters = List.copyOf(in);
        results = List.copyOf(out);
    }

    List<CallStep.Spot> parameters() {
        return parameters;
    }

    List<CallStep.Spot> results() {
        return results;
    }

    /** Its number in the module; function pointers are made of it. */
    int number() {
        return number;
    }

    Function function() {
        return function;
    }

    Step[] steps() {
        return steps;
    }

    /** Bytes of local memory of a call, rounded up so that frames stay aligned. */
    int localBytes() {
        return localBytes;
    }

    Instruction instruction(int pc) {
        return function.body().get(pc);
    }

    /** The slots of a new frame. */
    Values[] registers(Block block, int localBase) {
        Values[] made = new Values[kinds.length];
        for (Fixed slot : fixed) {
            if (slot instanceof Special special) {
                made[special.slot()] = block.special(special.name());
            }
        }
        for (int k = 0; k < made.length; k++) {
            if (made[k] == null) {
                made[k] = Values.of(kinds[k], block.lanes());
            }
        }
        for (Fixed slot : fixed) {
            if (slot instanceof Constant constant) {
                Lanes.fill(made[slot.slot()], 0, block.lanes(), constant.bits());
            } else if (slot instanceof Local local) {
                Lanes.fill(made[slot.slot()], 0, block.lanes(), (long) localBase + local.offset());
            }
        }
        return made;
    }
}
