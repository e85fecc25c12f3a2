package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.simt.alu.Kind;

/** Loads, stores, atomics and hints. */
final class MemoryLowering {
    private static final String SPACES = "global|const|shared|shared::cta|shared::cluster|local|param|param::entry|param::func";
    private static final String HINTS = "weak|volatile|relaxed|acquire|release|cta|cluster|gpu|sys|mmio|nc|ca|cg|cs|lu|cv|wb|wt|"
            + "L1::(evict_normal|evict_unchanged|evict_first|evict_last|no_allocate)|L2::(evict_\\w+|64B|128B|256B)|unified";

    private final Emitter out;

    MemoryLowering(Emitter out) {
        this.out = out;
    }

    /** Whether it was one of these. */
    boolean lower(Instruction given) {
        boolean known = given.opcode().matches("ldu?|st|atom|red");
        Instruction instruction = known ? out.unhinted(given) : given;
        switch (instruction.opcode()) {
            case "ld", "ldu" -> load(instruction);
            case "st" -> store(instruction);
            case "atom", "red" -> atomic(instruction);
            case "prefetch", "prefetchu" -> out.add(new Moves.Nothing(out.pc()));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Sees to it that nothing but hints stands between; returns how many elements a vector has. */
    private int elements(Instruction instruction) {
        int count = 1;
        List<String> modifiers = instruction.modifiers();
        for (String modifier : modifiers.subList(0, Math.max(0, modifiers.size() - 1))) {
            if (modifier.matches("v[248]")) {
                count = modifier.charAt(1) - '0';
            } else if (!modifier.matches(SPACES) && !modifier.matches(HINTS)) {
                throw out.unknown(instruction);
            }
        }
        Type type = instruction.type();
        boolean known = type != null && switch (type) {
            case PRED, F16, F16X2, BF16, BF16X2 -> false;
            case B128 -> count == 1;
            default -> type.bits() * count <= 128 || type.bits() * count == 256 && type.bits() >= Integer.SIZE
                    && modifiers.stream().noneMatch(m -> m.matches("(shared|local|const|param).*"));
        };
        if (!known) {
            throw out.unknown(instruction);
        }
        return count;
    }

    /** The slots of what is loaded or stored: registers of 128 bits have two. */
    private int[] slots(Operand operand, int count, Type type, boolean load) {
        if (type == Type.B128) {
            return out.halves(operand);
        }
        return vector(operand, count).stream().mapToInt(one -> load ? out.anyTarget(one, type) : out.value(one, type)).toArray();
    }

    private List<Operand> vector(Operand operand, int count) {
        List<Operand> list = operand instanceof Operand.Vector vector ? vector.elements() : List.of(operand);
        if (list.size() != count) {
            throw out.mismatch();
        }
        return list;
    }

    private void load(Instruction instruction) {
        int count = elements(instruction);
        if (instruction.operands().size() != 2) {
            throw out.mismatch();
        }
        Type type = instruction.type() == Type.B128 ? Type.B64 : instruction.type();
        Operand to = instruction.operands().get(0);
        MemoryStep.Place place = out.place(instruction.operands().get(1), instruction);
        int[] slots = slots(to, count, instruction.type(), true);
        count = slots.length;
        int keep = out.keep(to instanceof Operand.Vector vector ? vector.elements().get(0) : to);
        Long parameter = place.where() == MemoryStep.Where.PARAM ? out.slots().bits(place.base()) : null;
        if (parameter != null) {
            int offset = (int) (parameter + place.offset());
            if (offset < 0 || offset + count * type.bytes() > out.links().parameterBytes() || offset % type.bytes() != 0) {
                throw out.fault("Address out of the parameters' range");
            }
            out.add(new ParameterStep(out.pc(), offset, slots, type.bytes(), type.signed(), keep));
        } else {
            out.add(new LoadStep(out.pc(), place, slots, type.bytes(), type.signed(), keep));
        }
    }

    private void store(Instruction instruction) {
        int count = elements(instruction);
        if (instruction.operands().size() != 2) {
            throw out.mismatch();
        }
        Type type = instruction.type() == Type.B128 ? Type.B64 : instruction.type();
        MemoryStep.Place place = out.place(instruction.operands().get(0), instruction);
        out.add(new StoreStep(out.pc(), place, slots(instruction.operands().get(1), count, instruction.type(), false), type.bytes()));
    }

    private void atomic(Instruction instruction) {
        boolean result = instruction.opcode().equals("atom");
        List<Operand> operands = new ArrayList<>(instruction.operands());
        Type type = instruction.type();
        Atomics.Op op = null;
        int elements = 1;
        List<String> modifiers = instruction.modifiers();
        for (String modifier : modifiers.subList(0, Math.max(0, modifiers.size() - 1))) {
            switch (modifier) {
                case "add", "min", "max", "inc", "dec", "and", "or", "xor", "exch", "cas" ->
                    op = Atomics.Op.valueOf(modifier.toUpperCase(Locale.ROOT));
                case "v2", "v4", "v8" -> elements = modifier.charAt(1) - '0';
                case "relaxed", "acquire", "release", "acq_rel", "cta", "cluster", "gpu", "sys", "noftz", "global", "shared", "shared::cta",
                        "shared::cluster" -> { }
                default -> throw out.unknown(instruction);
            }
        }
        boolean swap = op == Atomics.Op.CAS;
        boolean exchange = op == Atomics.Op.EXCH;
        boolean wide = type == Type.B128 && (swap || exchange);
        boolean known = op != null && type != null
                && (wide || (elements == 1 ? Atomics.known(op, type, instruction.has("noftz"))
                        : Atomics.knownOfVectors(op, type, elements)));
        if (!known || !result && (swap || exchange)) {
            throw out.unknown(instruction);
        }
        if (operands.size() != (result ? 1 : 0) + (swap ? 3 : 2)) {
            throw out.mismatch();
        }
        Operand to = result ? operands.remove(0) : null;
        MemoryStep.Place place = out.place(operands.get(0), instruction);
        if (wide) {
            out.add(new WideAtomicStep(out.pc(), place, to instanceof Operand.Sink ? null : out.halves(to), out.halves(operands.get(1)),
                    swap ? out.halves(operands.get(2)) : null));
            return;
        }
        int[] given = vector(operands.get(1), elements).stream().mapToInt(one -> out.value(one, type)).toArray();
        int other = swap ? out.value(operands.get(2), type) : -1;
        boolean flush = type == Type.F32 && place.where() != MemoryStep.Where.SHARED;
        boolean wanted = result && !(to instanceof Operand.Sink);
        int[] results = wanted ? vector(to, elements).stream()
                .mapToInt(one -> one instanceof Operand.Sink ? -1 : out.anyTarget(one, type)).toArray() : new int[0];
        out.add(new AtomicStep(out.pc(), place, op, type, results, given, other, flush));
    }
}
