package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.ptx.Space;
import org.jengine.softcuda.ptx.Symbol;
import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.ptx.Variable;
import org.jengine.softcuda.simt.alu.Kind;

/** Makes the steps of a function: turns operands into slots, and sees to the guard of the instruction in hand. */
final class Emitter {
    private static final String POLICY = "L2::cache_hint";

    private final Function function;
    private final Links links;
    private final Slots slots;
    private final List<Step> steps = new ArrayList<>();
    private final List<Step> after = new ArrayList<>();
    private Instruction instruction;
    private int pc;

    Emitter(Function function, Links links, Slots slots) {
        this.function = function;
        this.links = links;
        this.slots = slots;
    }

    void begin(int number) {
        pc = number;
        instruction = function.body().get(number);
    }

    /** Ends the instruction. */
    void end() {
        after.forEach(this::add);
        after.clear();
    }

    Function function() {
        return function;
    }

    Links links() {
        return links;
    }

    Slots slots() {
        return slots;
    }

    List<Step> steps() {
        return steps;
    }

    int pc() {
        return pc;
    }

    void add(Step step) {
        if (instruction.guard() != null) {
            step.guarded(instruction.guard().register().number(), instruction.guard().negated());
        }
        steps.add(step);
    }

    PtxException fault(String message) {
        return new PtxException(instruction.line(), message);
    }

    /** What the assembler says where there is no such form. */
    PtxException unknown(Instruction of) {
        return fault("Not a name of any known instruction: '" + of.name() + "'");
    }

    /** What the assembler says where operands do not fit. */
    PtxException mismatch() {
        return fault("Arguments mismatch for instruction '" + instruction.opcode() + "'");
    }

    /** The instruction without a policy for the caches, which comes last among its operands and is a hint like others. */
    Instruction unhinted(Instruction of) {
        if (!of.has(POLICY)) {
            return of;
        }
        if (of.operands().isEmpty()) {
            throw mismatch();
        }
        source(of.operands().get(of.operands().size() - 1), Kind.I64);
        return of.without(POLICY);
    }

    /** A slot of this kind that holds the operand; {@code type} says how many bits of a constant count. */
    int source(Operand operand, Kind kind, Type type) {
        if (operand instanceof Operand.Reg reg) {
            return converted(predicate(reg), kind);
        }
        if (operand instanceof Operand.Special special) {
            return converted(special(special), kind);
        }
        if (operand instanceof Operand.Name || operand instanceof Operand.Address) {
            return address(operand, kind);
        }
        return slots.constant(kind, bits(operand, kind, type));
    }

    int source(Operand operand, Kind kind) {
        return source(operand, kind, null);
    }

    /** A slot that holds the operand's bits, of whatever kind; constants are of the type. */
    int value(Operand operand, Type type) {
        if (operand instanceof Operand.Reg reg) {
            return predicate(reg);
        }
        return source(operand, kind(type), type);
    }

    static Kind kind(Type type) {
        return switch (type) {
            case PRED -> Kind.PRED;
            case F32 -> Kind.F32;
            case F64 -> Kind.F64;
            default -> type.bits() <= Integer.SIZE ? Kind.I32 : Kind.I64;
        };
    }

    private int predicate(Operand.Reg reg) {
        int slot = reg.register().number();
        if (!reg.negated()) {
            return slot;
        }
        if (slots.kind(slot) != Kind.PRED) {
            throw mismatch();
        }
        int opposite = slots.temporary(Kind.PRED);
        add(new Moves.Not(pc, slot, opposite).silent());
        return opposite;
    }

    int special(Operand.Special special) {
        if (!Specials.known(special.name())) {
            throw fault("Unknown symbol '" + special.name() + "'");
        }
        return slots.special(special.name());
    }

    private int converted(int slot, Kind kind) {
        if (slots.kind(slot) == kind) {
            return slot;
        }
        if (!alike(slots.kind(slot), kind)) {
            throw mismatch();
        }
        int made = slots.temporary(kind);
        add(new Moves.Copy(pc, slot, made).silent());
        return made;
    }

    private static boolean alike(Kind a, Kind b) {
        return a == b || a == Kind.I32 && b == Kind.F32 || a == Kind.F32 && b == Kind.I32 || a == Kind.I64 && b == Kind.F64
                || a == Kind.F64 && b == Kind.I64;
    }

    private long bits(Operand operand, Kind kind, Type type) {
        if (operand instanceof Operand.Int whole) {
            boolean narrow = kind == Kind.I32 && type != null && type.bits() < Integer.SIZE;
            return kind == Kind.I32 ? (int) whole.value() & (narrow ? (1 << type.bits()) - 1 : -1) : whole.value();
        }
        if (operand instanceof Operand.Single single) {
            return kind == Kind.F64 ? Double.doubleToRawLongBits(Float.intBitsToFloat(single.bits())) : single.bits() & 0xffffffffL;
        }
        if (operand instanceof Operand.Real real) {
            return kind == Kind.F32 || kind == Kind.I32 ? Float.floatToRawIntBits((float) real.value())
                    : Double.doubleToRawLongBits(real.value());
        }
        throw mismatch();
    }

    /** A slot of this kind for a result; what the operand names gets it in the end. */
    int target(Operand operand, Kind kind) {
        if (operand instanceof Operand.Sink) {
            return slots.temporary(kind);
        }
        if (!(operand instanceof Operand.Reg reg) || reg.negated()) {
            throw mismatch();
        }
        int slot = reg.register().number();
        if (slots.kind(slot) == kind) {
            return slot;
        }
        if (!alike(kind, slots.kind(slot))) {
            throw mismatch();
        }
        int made = slots.temporary(kind);
        after.add(new Moves.Copy(pc, made, slot).silent());
        return made;
    }

    /** The slot of a register that takes bits, of whatever kind it is. */
    int anyTarget(Operand operand, Type type) {
        return operand instanceof Operand.Reg reg && !reg.negated() ? reg.register().number() : target(operand, kind(type));
    }

    /** The two slots of a register of 128 bits, that of the lower bits first. */
    int[] halves(Operand operand) {
        if (!(operand instanceof Operand.Reg reg) || reg.negated() || reg.register().type() != Type.B128) {
            throw mismatch();
        }
        int slot = reg.register().number();
        return new int[] {slot, slots.upper(slot)};
    }

    /** A mask of the bits of a register that a narrow value is widened to. */
    int keep(Operand operand) {
        int bits = operand instanceof Operand.Reg reg ? reg.register().type().bits() : Integer.SIZE;
        return bits < Integer.SIZE ? (1 << bits) - 1 : -1;
    }

    /** A slot with the address of a variable or function in its own space. */
    private int address(Operand operand, Kind kind) {
        Operand base = operand instanceof Operand.Address sum ? sum.base() : operand;
        long offset = operand instanceof Operand.Address sum ? sum.offset() : 0;
        if (!(base instanceof Operand.Name name)) {
            throw mismatch();
        }
        Symbol symbol = name.symbol();
        if (symbol instanceof Function target) {
            return slots.constant(kind, links.address(target));
        }
        if (!(symbol instanceof Variable variable)) {
            throw fault("Unknown symbol '" + name.name() + "'");
        }
        Integer local = slots.local(variable);
        return local != null ? slots.localAddress(kind, (int) (local + offset)) : slots.constant(kind, links.address(variable) + offset);
    }

    /** Where an address operand points, in the space that the modifiers name. */
    MemoryStep.Place place(Operand operand, Instruction of) {
        return place(operand, where(of, operand));
    }

    MemoryStep.Place place(Operand operand, MemoryStep.Where where) {
        if (!(operand instanceof Operand.Address address)) {
            throw mismatch();
        }
        if (address.base() instanceof Operand.Reg reg) {
            int slot = reg.register().number();
            boolean wide = where == MemoryStep.Where.GENERIC || where == MemoryStep.Where.GLOBAL;
            boolean narrow = slots.kind(slot) == Kind.I32 || slots.kind(slot) == Kind.F32;
            if (wide && narrow) {
                throw fault("Address size mismatch: global and generic addresses have 64 bits");
            }
            return new MemoryStep.Place(where, converted(slot, narrow ? Kind.I32 : Kind.I64), address.offset());
        }
        if (address.base() instanceof Operand.Int number) {
            return new MemoryStep.Place(where, slots.constant(Kind.I64, number.value()), address.offset());
        }
        return new MemoryStep.Place(where, address(address.base(), Kind.I64), address.offset());
    }

    private MemoryStep.Where where(Instruction of, Operand operand) {
        for (String modifier : of.modifiers()) {
            switch (modifier) {
                case "global", "const" -> {
                    return MemoryStep.Where.GLOBAL;
                }
                case "shared", "shared::cta", "shared::cluster" -> {
                    return MemoryStep.Where.SHARED;
                }
                case "local" -> {
                    return MemoryStep.Where.LOCAL;
                }
                case "param", "param::entry", "param::func" -> {
                    return param(operand) ? MemoryStep.Where.PARAM : MemoryStep.Where.LOCAL;
                }
                default -> { }
            }
        }
        if (operand instanceof Operand.Address address && address.base() instanceof Operand.Name name
                && name.symbol() instanceof Variable variable) {
            return variable.space() == Space.SHARED ? MemoryStep.Where.SHARED
                    : slots.local(variable) != null ? MemoryStep.Where.LOCAL
                    : variable.space() == Space.PARAM ? MemoryStep.Where.PARAM : MemoryStep.Where.GLOBAL;
        }
        return MemoryStep.Where.GENERIC;
    }

    /** Whether it points to a kernel's parameters: those of a function, and of calls, lie in local memory. */
    boolean param(Operand operand) {
        Operand base = operand instanceof Operand.Address address ? address.base() : operand;
        return function.entry() && !(base instanceof Operand.Name name && name.symbol() instanceof Variable variable
                && slots.local(variable) != null);
    }
}
