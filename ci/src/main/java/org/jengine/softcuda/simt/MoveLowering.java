package org.jengine.softcuda.simt;

import java.util.List;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.simt.alu.Kind;

/** mov, cvta, isspacep, mapa, activemask: what brings values into registers as they are. */
final class MoveLowering {
    private static final long GLOBAL_START = MemoryStep.LOCAL_WINDOW + (1L << 32);

    private final Emitter out;

    MoveLowering(Emitter out) {
        this.out = out;
    }

    /** Whether it was one of these. */
    boolean lower(Instruction instruction) {
        switch (instruction.opcode()) {
            case "mov" -> mov(instruction);
            case "cvta" -> cvta(instruction);
            case "isspacep" -> isspacep(instruction);
            case "mapa", "getctarank" -> cluster(instruction);
            case "alloca", "stacksave", "stackrestore" -> stack(instruction);
            case "activemask" -> {
                expect(instruction, 1, 1);
                out.add(new Moves.ActiveMask(out.pc(), out.target(instruction.operands().get(0), Kind.I32)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void expect(Instruction instruction, int modifiers, int operands) {
        if (instruction.modifiers().size() != modifiers || instruction.operands().size() != operands) {
            throw out.mismatch();
        }
    }

    private void mov(Instruction instruction) {
        expect(instruction, 1, 2);
        Type type = instruction.type();
        Operand to = instruction.operands().get(0);
        Operand from = instruction.operands().get(1);
        if (type == null) {
            throw out.fault("Unexpected instruction types specified for 'mov'");
        }
        if (type == Type.B128) {
            wide(from, to);
        } else if (from instanceof Operand.Vector vector) {
            pack(vector.elements(), to, type);
        } else if (to instanceof Operand.Vector vector) {
            unpack(from, vector.elements(), type);
        } else if (from instanceof Operand.Special special && !Specials.known(special.name())) {
            out.add(read(special.name(), out.anyTarget(to, type)));
        } else {
            Kind kind = to instanceof Operand.Reg reg ? out.slots().kind(reg.register().number()) : Emitter.kind(type);
            int slot = from instanceof Operand.Reg reg && !reg.negated() ? reg.register().number()
                    : from instanceof Operand.Special special ? out.special(special) : out.source(from, kind, type);
            boolean one = (kind == Kind.PRED) != (out.slots().kind(slot) == Kind.PRED);
            if (one) {
                throw out.mismatch();
            }
            out.add(new Moves.Copy(out.pc(), slot, out.anyTarget(to, type)));
        }
    }

    /** Registers of 128 bits are put together of two, taken apart, or copied. */
    private void wide(Operand from, Operand to) {
        List<Operand> parts = from instanceof Operand.Vector vector ? vector.elements()
                : to instanceof Operand.Vector vector ? vector.elements() : null;
        if (parts != null && parts.size() != 2) {
            throw out.mismatch();
        }
        for (int k = 0; k < 2; k++) {
            int source = from instanceof Operand.Vector ? out.value(parts.get(k), Type.B64) : out.halves(from)[k];
            boolean dropped = to instanceof Operand.Vector && parts.get(k) instanceof Operand.Sink;
            if (!dropped) {
                out.add(new Moves.Copy(out.pc(), source, to instanceof Operand.Vector ? out.anyTarget(parts.get(k), Type.B64)
                        : out.halves(to)[k]));
            }
        }
    }

    private Step read(String name, int to) {
        return switch (name) {
            case "%clock", "%clock64" -> new Moves.Read(out.pc(), to, Block::ticks);
            case "%clock_hi" -> new Moves.Read(out.pc(), to, block -> block.ticks() >>> Integer.SIZE);
            case "%globaltimer", "%globaltimer_lo" -> new Moves.Read(out.pc(), to, block -> System.nanoTime());
            case "%globaltimer_hi" -> new Moves.Read(out.pc(), to, block -> System.nanoTime() >>> Integer.SIZE);
            default -> throw out.fault("Unknown symbol '" + name + "'");
        };
    }

    private void pack(List<Operand> parts, Operand to, Type type) {
        int bits = type.bits() / parts.size();
        int[] slots = new int[parts.size()];
        Type part = Type.of("b" + bits);
        if (part == null) {
            throw out.mismatch();
        }
        for (int k = 0; k < slots.length; k++) {
            slots[k] = out.value(parts.get(k), part);
        }
        out.add(new Moves.Pack(out.pc(), slots, bits, out.anyTarget(to, type)));
    }

    private void unpack(Operand from, List<Operand> parts, Type type) {
        int bits = type.bits() / parts.size();
        Type part = Type.of("b" + bits);
        if (part == null) {
            throw out.mismatch();
        }
        int[] slots = new int[parts.size()];
        for (int k = 0; k < slots.length; k++) {
            slots[k] = parts.get(k) instanceof Operand.Sink ? -1 : out.anyTarget(parts.get(k), part);
        }
        out.add(new Moves.Unpack(out.pc(), out.value(from, type), bits, slots));
    }

    private void cvta(Instruction instruction) {
        boolean back = instruction.has("to");
        expect(instruction, back ? 3 : 2, 2);
        Operand from = instruction.operands().get(1);
        String space = instruction.modifiers().get(back ? 1 : 0);
        boolean param = out.function().entry() && out.param(from);
        long distance = switch (space) {
            case "global", "const" -> 0;
            case "shared", "shared::cta", "shared::cluster" -> MemoryStep.SHARED_WINDOW;
            case "local" -> MemoryStep.LOCAL_WINDOW;
            case "param", "param::entry" -> param ? MemoryStep.PARAM_WINDOW : MemoryStep.LOCAL_WINDOW;
            default -> throw out.unknown(instruction);
        };
        int slot = out.value(from, Type.U64);
        int to = out.anyTarget(instruction.operands().get(0), Type.U64);
        if (distance == 0) {
            out.add(new Moves.Copy(out.pc(), slot, to));
        } else {
            out.add(new Moves.Shift(out.pc(), slot, to, back ? -distance : distance));
        }
    }

    /** Where another block of the cluster has what lies at an address of shared memory, and whose an address is. */
    private void cluster(Instruction instruction) {
        boolean map = instruction.opcode().equals("mapa");
        List<Operand> operands = instruction.operands();
        Type type = instruction.type();
        if (!instruction.name().matches("\\w+(\\.shared::cluster)?\\.u(32|64)")) {
            throw out.unknown(instruction);
        }
        if (operands.size() != (map ? 3 : 2)) {
            throw out.mismatch();
        }
        int from = out.value(operands.get(1), type);
        if (map) {
            out.add(new ClusterSteps.Rank(out.pc(), out.source(operands.get(2), Kind.I32)).silent());
            out.add(new Moves.Copy(out.pc(), from, out.anyTarget(operands.get(0), type)));
        } else {
            out.add(new Moves.Copy(out.pc(), out.slots().constant(Kind.I32, 0), out.target(operands.get(0), Kind.I32)));
        }
    }

    private void stack(Instruction instruction) {
        List<Operand> operands = instruction.operands();
        Type type = instruction.type();
        int most = instruction.opcode().equals("alloca") ? 3 : 1;
        if (type != Type.U32 && type != Type.U64 || operands.size() > most || operands.size() < Math.max(1, most - 1)) {
            throw out.mismatch();
        }
        switch (instruction.opcode()) {
            case "alloca" -> {
                int bytes = out.value(operands.get(1), type);
                int alignment = operands.size() > 2 && operands.get(2) instanceof Operand.Int number ? (int) number.value() : 1;
                out.add(new LocalStack.Take(out.pc(), out.anyTarget(operands.get(0), type), bytes, alignment));
            }
            case "stacksave" -> out.add(new LocalStack.Save(out.pc(), out.anyTarget(operands.get(0), type)));
            default -> out.add(new LocalStack.Restore(out.pc(), out.value(operands.get(0), type)));
        }
    }

    private void isspacep(Instruction instruction) {
        expect(instruction, 1, 2);
        long start;
        long end;
        // Constants lie in memory of their own among global memory.
        Boolean constant = null;
        switch (instruction.modifiers().get(0)) {
            case "const" -> {
                constant = true;
                start = GLOBAL_START;
                end = Long.MAX_VALUE;
            }
            case "global" -> {
                // PTX ISA 9.0, isspacep: the window of a kernel's parameters lies within that of global memory.
                constant = false;
                start = MemoryStep.PARAM_WINDOW;
                end = Long.MAX_VALUE;
            }
            case "shared", "shared::cta", "shared::cluster" -> {
                start = MemoryStep.SHARED_WINDOW;
                end = MemoryStep.LOCAL_WINDOW;
            }
            case "local" -> {
                start = MemoryStep.LOCAL_WINDOW;
                end = MemoryStep.PARAM_WINDOW;
            }
            case "param", "param::entry" -> {
                start = MemoryStep.PARAM_WINDOW;
                end = GLOBAL_START;
            }
            default -> throw out.unknown(instruction);
        }
        int address = out.source(instruction.operands().get(1), Kind.I64);
        out.add(new Moves.InWindow(out.pc(), address, out.target(instruction.operands().get(0), Kind.PRED), start, end, constant));
    }
}
