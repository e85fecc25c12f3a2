package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Space;
import org.jengine.softcuda.ptx.Symbol;
import org.jengine.softcuda.ptx.Variable;
import org.jengine.softcuda.simt.alu.Kind;

/** What the slots of a function's frame hold, and what lies in its local memory: registers first, then what lowering adds. */
final class Slots {
    private static final int FRAME_ALIGNMENT = 16;

    private final List<Kind> kinds = new ArrayList<>();
    private final List<FunctionCode.Fixed> fixed = new ArrayList<>();
    private final Map<String, Integer> known = new HashMap<>();
    private final Map<Variable, Integer> locals = new HashMap<>();
    private int localBytes;
    private int carry = -1;

    Slots(Function function, List<Kind> registers) {
        kinds.addAll(registers);
        function.variables().forEach(this::place);
        if (!function.entry()) {
            function.parameters().forEach(this::place);
            function.results().forEach(this::place);
        }
    }

    private void place(Symbol symbol) {
        if (symbol instanceof Variable variable && (variable.space() == Space.LOCAL || variable.space() == Space.PARAM)) {
            localBytes = (localBytes + variable.align() - 1) / variable.align() * variable.align();
            locals.put(variable, localBytes);
            localBytes += (int) variable.bytes();
        }
    }

    List<Kind> kinds() {
        return kinds;
    }

    List<FunctionCode.Fixed> fixed() {
        return fixed;
    }

    Kind kind(int slot) {
        return kinds.get(slot);
    }

    int localBytes() {
        return (localBytes + FRAME_ALIGNMENT - 1) / FRAME_ALIGNMENT * FRAME_ALIGNMENT;
    }

    /** Where a variable lies behind the frame's start in local memory; null if it does not. */
    Integer local(Variable variable) {
        return locals.get(variable);
    }

    int temporary(Kind kind) {
        kinds.add(kind);
        return kinds.size() - 1;
    }

    int constant(Kind kind, long bits) {
        return known.computeIfAbsent(kind + " " + bits, key -> {
            int slot = temporary(kind);
            fixed.add(new FunctionCode.Constant(slot, bits));
            return slot;
        });
    }

    /** The bits of a constant's slot; null if the slot is another. */
    Long bits(int slot) {
        for (FunctionCode.Fixed some : fixed) {
            if (some instanceof FunctionCode.Constant constant && constant.slot() == slot) {
                return constant.bits();
            }
        }
        return null;
    }

    int localAddress(Kind kind, int offset) {
        return known.computeIfAbsent("local " + kind + " " + offset, key -> {
            int slot = temporary(kind);
            fixed.add(new FunctionCode.Local(slot, offset));
            return slot;
        });
    }

    int special(String name) {
        return known.computeIfAbsent(name, key -> {
            int slot = temporary(Specials.kind(name));
            fixed.add(new FunctionCode.Special(slot, name));
            return slot;
        });
    }

    /** The upper half of a register of 128 bits, whose slot holds the lower one. */
    int upper(int register) {
        return known.computeIfAbsent("upper " + register, key -> temporary(Kind.I64));
    }

    /** The condition code's carry flag. */
    int carry() {
        if (carry < 0) {
            carry = temporary(Kind.PRED);
        }
        return carry;
    }
}
