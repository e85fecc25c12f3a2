package org.jengine.softcuda.count;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.PtxModule;
import org.jengine.softcuda.ptx.Symbol;
import org.jengine.softcuda.ptx.Type;

/**
 * About how many registers a kernel needs, where no assembler can be asked: as many as hold values at once in the order of the text, a
 * value being held from where it is first named to where it is last, loops counted whole. Constants and parameters need none, since
 * instructions take them from constant memory.
 */
final class RegisterEstimate {
    /** What the machine's own addresses and returns take. */
    private static final int ALWAYS = 8;
    private static final int LEAST = 16;
    private static final int MOST = 255;

    private RegisterEstimate() {
    }

    /** @param kernel one of the module's */
    static int of(PtxModule module, String kernel) {
        int most = 0;
        boolean calls = false;
        for (Function function : module.functions()) {
            if (function.name().equals(kernel)) {
                most = Math.max(most, held(function));
                calls = function.body().stream().anyMatch(one -> one.opcode().equals("call"));
            }
        }
        for (Function function : module.functions()) {
            if (calls && !function.entry() && function.body() != null) {
                most = Math.max(most, held(function));
            }
        }
        return Math.min(MOST, Math.max(LEAST, most + ALWAYS));
    }

    private static int held(Function function) {
        int count = function.registers().size();
        int[] first = new int[count];
        int[] last = new int[count];
        Arrays.fill(first, Integer.MAX_VALUE);
        Arrays.fill(last, -1);
        Set<Integer> free = new HashSet<>();
        List<int[]> loops = new ArrayList<>();
        for (int at = 0; at < function.body().size(); at++) {
            Instruction instruction = function.body().get(at);
            for (int register : named(instruction)) {
                first[register] = Math.min(first[register], at);
                last[register] = at;
            }
            constants(function, instruction, free);
            for (Operand operand : instruction.operands()) {
                if (operand instanceof Operand.Name name && name.symbol() instanceof Symbol.Label label && label.index() <= at) {
                    loops.add(new int[] {label.index(), at});
                }
            }
        }
        extend(first, last, loops);
        int[] change = new int[function.body().size() + 1];
        for (int register = 0; register < count; register++) {
            if (last[register] >= 0 && !free.contains(register)) {
                change[first[register]] += weight(function.registers().get(register).type());
                change[last[register]] -= weight(function.registers().get(register).type());
            }
        }
        int now = 0;
        int most = 0;
        for (int one : change) {
            now += one;
            most = Math.max(most, now);
        }
        return most;
    }

    /** What came into a loop and is used there is held until the loop's end. */
    private static void extend(int[] first, int[] last, List<int[]> loops) {
        for (boolean changed = true; changed;) {
            changed = false;
            for (int[] loop : loops) {
                for (int register = 0; register < first.length; register++) {
                    if (first[register] < loop[0] && last[register] >= loop[0] && last[register] < loop[1]) {
                        last[register] = loop[1];
                        changed = true;
                    }
                }
            }
        }
    }

    private static int weight(Type type) {
        return type == Type.PRED ? 0 : Math.max(1, type.bits() / Integer.SIZE);
    }

    private static void constants(Function function, Instruction instruction, Set<Integer> free) {
        List<Operand> operands = instruction.operands();
        if (operands.size() < 2 || !(operands.get(0) instanceof Operand.Reg to)) {
            return;
        }
        boolean parameter = function.entry() && instruction.opcode().equals("ld") && instruction.has("param");
        boolean copy = instruction.opcode().equals("cvta") || instruction.opcode().equals("mov");
        boolean constant = copy && !(operands.get(1) instanceof Operand.Special)
                && !(operands.get(1) instanceof Operand.Reg from && !free.contains(from.register().number()))
                && !(operands.get(1) instanceof Operand.Vector);
        if (parameter || constant) {
            free.add(to.register().number());
        } else {
            free.remove(to.register().number());
        }
    }

    private static List<Integer> named(Instruction instruction) {
        List<Integer> found = new ArrayList<>();
        if (instruction.guard() != null) {
            found.add(instruction.guard().register().number());
        }
        instruction.operands().forEach(operand -> name(operand, found));
        return found;
    }

    private static void name(Operand operand, List<Integer> found) {
        if (operand instanceof Operand.Reg reg) {
            found.add(reg.register().number());
        } else if (operand instanceof Operand.Vector vector) {
            vector.elements().forEach(element -> name(element, found));
        } else if (operand instanceof Operand.Group group) {
            group.elements().forEach(element -> name(element, found));
        } else if (operand instanceof Operand.Address address) {
            name(address.base(), found);
        }
    }
}
