package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.Symbol;
import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.simt.alu.Form;
import org.jengine.softcuda.simt.alu.Kind;

/**
 * Finds out what each register is held in. One without a type of its own, as newer compilers declare them all, is held in what most of
 * its uses want; registers that are copied to one another are held alike.
 */
final class Kinds {
    private static final int ADDRESS = 10;

    private final int[] parent;
    private final int[] floats;
    private final int[] whole;

    private Kinds(int registers) {
        parent = new int[registers];
        floats = new int[registers];
        whole = new int[registers];
        for (int k = 0; k < registers; k++) {
            parent[k] = k;
        }
    }

    /** @param forms of the instructions, null where they are not the arithmetic unit's */
    static List<Kind> of(Function function, List<Form> forms) {
        Kinds kinds = new Kinds(function.registers().size());
        for (int k = 0; k < forms.size(); k++) {
            kinds.look(function.body().get(k), forms.get(k));
        }
        List<Kind> found = new ArrayList<>();
        for (Symbol.Register register : function.registers()) {
            found.add(kinds.kind(register));
        }
        return found;
    }

    private Kind kind(Symbol.Register register) {
        int top = root(register.number());
        boolean real = floats[top] > whole[top];
        return switch (register.type()) {
            case PRED -> Kind.PRED;
            case F32 -> Kind.F32;
            case F64 -> Kind.F64;
            case B32 -> real ? Kind.F32 : Kind.I32;
            case B64 -> real ? Kind.F64 : Kind.I64;
            case U64, S64, B128 -> Kind.I64;
            default -> Kind.I32;
        };
    }

    private int root(int register) {
        int top = register;
        while (parent[top] != top) {
            parent[top] = parent[parent[top]];
            top = parent[top];
        }
        return top;
    }

    private void join(Operand a, Operand b) {
        if (a instanceof Operand.Reg one && b instanceof Operand.Reg other && open(one) && open(other)
                && one.register().type() == other.register().type()) {
            int top = root(one.register().number());
            int under = root(other.register().number());
            if (top != under) {
                parent[under] = top;
                floats[top] += floats[under];
                whole[top] += whole[under];
            }
        } else if (a instanceof Operand.Reg one && b instanceof Operand.Reg other) {
            vote(a, typed(other));
            vote(b, typed(one));
        }
    }

    private static boolean open(Operand.Reg operand) {
        return operand.register().type() == Type.B32 || operand.register().type() == Type.B64;
    }

    private static Kind typed(Operand.Reg operand) {
        return switch (operand.register().type()) {
            case F32 -> Kind.F32;
            case F64 -> Kind.F64;
            default -> Kind.I32;
        };
    }

    private void vote(Operand operand, Kind kind) {
        if (operand instanceof Operand.Reg reg) {
            int top = root(reg.register().number());
            if (kind == Kind.F32 || kind == Kind.F64) {
                floats[top]++;
            } else {
                whole[top]++;
            }
        } else if (operand instanceof Operand.Address address && address.base() instanceof Operand.Reg reg) {
            whole[root(reg.register().number())] += ADDRESS;
        }
    }

    private void look(Instruction instruction, Form form) {
        List<Operand> operands = flat(instruction.operands());
        boolean copy = instruction.opcode().equals("mov") && instruction.operands().size() == operands.size();
        boolean choice = instruction.opcode().equals("selp") && instruction.type() != null && instruction.type().name().startsWith("B");
        if (copy || choice) {
            join(operands.get(0), operands.get(1));
            if (choice) {
                join(operands.get(0), operands.get(2));
            }
            return;
        }
        if (form != null) {
            int results = form.results().size();
            for (int k = 0; k < operands.size() && k < results + form.sources().size(); k++) {
                vote(operands.get(k), k < results ? form.results().get(k) : form.sources().get(k - results));
            }
            return;
        }
        Type type = instruction.type();
        boolean real = type == Type.F32 || type == Type.F64;
        boolean data = switch (instruction.opcode()) {
            case "ld", "ldu", "st", "atom", "red", "shfl", "wmma" -> true;
            default -> false;
        };
        for (Operand operand : operands) {
            if (operand instanceof Operand.Address || !data) {
                vote(operand, Kind.I32);
            } else if (real) {
                vote(operand, Kind.F32);
            }
        }
    }

    /** The operands with the elements of vectors in their places. */
    static List<Operand> flat(List<Operand> operands) {
        List<Operand> flat = new ArrayList<>();
        for (Operand operand : operands) {
            if (operand instanceof Operand.Vector vector) {
                flat.addAll(vector.elements());
            } else {
                flat.add(operand);
            }
        }
        return flat;
    }
}
