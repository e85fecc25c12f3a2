package org.jengine.softcuda.simt;

import java.util.List;
import java.util.Locale;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.simt.alu.Fragment;
import org.jengine.softcuda.simt.alu.Kind;

/** Instructions with which lanes of a warp tell one another something. */
final class WarpLowering {
    private final Emitter out;

    WarpLowering(Emitter out) {
        this.out = out;
    }

    /** Whether it was one of these. */
    boolean lower(Instruction instruction) {
        List<Operand> operands = instruction.operands();
        String form = String.join(".", instruction.modifiers());
        switch (instruction.opcode()) {
            case "shfl" -> shuffle(form, operands);
            case "vote" -> vote(form, operands);
            case "match" -> match(form, operands);
            case "redux" -> reduce(form, operands);
            case "elect" -> {
                expect(form.equals("sync") && operands.size() == 3);
                out.add(new WarpOps.Elect(out.pc(), out.target(operands.get(0), Kind.I32), out.target(operands.get(1), Kind.PRED),
                        out.source(operands.get(2), Kind.I32)));
            }
            case "ldmatrix", "stmatrix" -> matrix(instruction, operands);
            case "wmma" -> {
                if (instruction.has("mma")) {
                    return false;
                }
                fragment(instruction, operands);
            }
            case "movmatrix" -> {
                expect(form.equals("sync.aligned.m8n8.trans.b16") && operands.size() == 2);
                int from = out.source(operands.get(1), Kind.I32);
                out.add(new WarpOps.Together(out.pc(), new MatrixMoves.Transpose(out.pc(), out.target(operands.get(0), Kind.I32), from)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void expect(boolean right) {
        if (!right) {
            throw out.unknown(out.function().body().get(out.pc()));
        }
    }

    private void shuffle(String form, List<Operand> operands) {
        expect(form.matches("sync\\.(up|down|bfly|idx)\\.b32") && (operands.size() == 5 || operands.size() == 6));
        int more = operands.size() - 5;
        WarpOps.Shuffle.Mode mode = WarpOps.Shuffle.Mode.valueOf(form.split("\\.")[1].toUpperCase(Locale.ROOT));
        int from = out.value(operands.get(1 + more), Type.B32);
        int distance = out.source(operands.get(2 + more), Kind.I32);
        int clamp = out.source(operands.get(3 + more), Kind.I32);
        int members = out.source(operands.get(4 + more), Kind.I32);
        int valid = more == 0 ? -1 : out.target(operands.get(1), Kind.PRED);
        out.add(new WarpOps.Shuffle(out.pc(), mode, out.anyTarget(operands.get(0), Type.B32), valid, from, distance, clamp, members));
    }

    private void vote(String form, List<Operand> operands) {
        expect(form.matches("sync\\.(all|any|uni)\\.pred|sync\\.ballot\\.b32") && operands.size() == 3);
        WarpOps.Vote.Mode mode = WarpOps.Vote.Mode.valueOf(form.split("\\.")[1].toUpperCase(Locale.ROOT));
        int predicate = out.source(operands.get(1), Kind.PRED);
        int members = out.source(operands.get(2), Kind.I32);
        int to = out.target(operands.get(0), mode == WarpOps.Vote.Mode.BALLOT ? Kind.I32 : Kind.PRED);
        out.add(new WarpOps.Vote(out.pc(), mode, to, predicate, members));
    }

    private void match(String form, List<Operand> operands) {
        boolean every = form.startsWith("all.");
        expect(form.matches("(any|all)\\.sync\\.b(32|64)") && (operands.size() == 3 || every && operands.size() == 4));
        int more = operands.size() - 3;
        int from = out.value(operands.get(1 + more), form.endsWith("64") ? Type.B64 : Type.B32);
        int members = out.source(operands.get(2 + more), Kind.I32);
        int agreed = more == 0 ? -1 : out.target(operands.get(1), Kind.PRED);
        out.add(new WarpOps.Match(out.pc(), every, out.target(operands.get(0), Kind.I32), agreed, from, members));
    }

    private void reduce(String form, List<Operand> operands) {
        expect(operands.size() == 3);
        WarpOps.Reduce.Mode mode = switch (form) {
            case "sync.add.u32", "sync.add.s32" -> WarpOps.Reduce.Mode.ADD;
            case "sync.and.b32" -> WarpOps.Reduce.Mode.AND;
            case "sync.or.b32" -> WarpOps.Reduce.Mode.OR;
            case "sync.xor.b32" -> WarpOps.Reduce.Mode.XOR;
            case "sync.min.s32" -> WarpOps.Reduce.Mode.MIN_S;
            case "sync.max.s32" -> WarpOps.Reduce.Mode.MAX_S;
            case "sync.min.u32" -> WarpOps.Reduce.Mode.MIN_U;
            case "sync.max.u32" -> WarpOps.Reduce.Mode.MAX_U;
            default -> null;
        };
        expect(mode != null);
        int from = out.source(operands.get(1), Kind.I32);
        int members = out.source(operands.get(2), Kind.I32);
        out.add(new WarpOps.Reduce(out.pc(), mode, out.target(operands.get(0), Kind.I32), from, members));
    }

    private void fragment(Instruction instruction, List<Operand> operands) {
        List<String> words = instruction.modifiers();
        boolean store = words.get(0).equals("store");
        expect(String.join(".", words).matches("(load\\.[abc]|store\\.d)\\.sync\\.aligned\\.(row|col)\\.m\\d+n\\d+k\\d+"
                + "(\\.global|\\.shared(::cta)?)?\\.\\w+") && (operands.size() == 2 || operands.size() == 3));
        Fragment fragment = Fragment.of(words.get(1), words.get(5), words.get(words.size() - 1));
        expect(fragment != null);
        Operand list = operands.get(store ? 1 : 0);
        List<Operand> elements = list instanceof Operand.Vector vector ? vector.elements() : List.of(list);
        if (elements.size() != fragment.registers()) {
            throw out.mismatch();
        }
        MemoryStep.Place place = out.place(operands.get(store ? 0 : 1), instruction);
        int stride = operands.size() == 3 ? out.source(operands.get(2), Kind.I32) : -1;
        Type type = fragment.kind() == Kind.F32 ? Type.F32 : fragment.kind() == Kind.F64 ? Type.F64 : Type.B32;
        int[] slots = elements.stream().mapToInt(one -> store ? out.value(one, type) : out.anyTarget(one, type)).toArray();
        int addresses = out.slots().temporary(out.slots().kind(place.base()));
        out.add(new WarpOps.Together(out.pc(), new FragmentMoves(out.pc(), fragment, words.get(4).equals("row"), store, place, addresses,
                stride, slots)));
    }

    private void matrix(Instruction instruction, List<Operand> operands) {
        boolean load = instruction.opcode().equals("ldmatrix");
        String form = String.join(".", instruction.modifiers());
        expect(form.matches("sync\\.aligned\\.m8n8\\.x[124](\\.trans)?(\\.shared(::cta)?)?\\.b16") && operands.size() == 2);
        Operand list = operands.get(load ? 0 : 1);
        List<Operand> elements = list instanceof Operand.Vector vector ? vector.elements() : List.of(list);
        expect(instruction.has("x" + elements.size()));
        MemoryStep.Place place = out.place(operands.get(load ? 1 : 0), instruction);
        int[] slots = new int[elements.size()];
        for (int k = 0; k < slots.length; k++) {
            slots[k] = load ? out.anyTarget(elements.get(k), Type.B32) : out.value(elements.get(k), Type.B32);
        }
        boolean transposed = instruction.has("trans");
        Step step = load ? new MatrixMoves.Load(out.pc(), place, slots, transposed)
                : new MatrixMoves.Store(out.pc(), place, slots, transposed);
        out.add(new WarpOps.Together(out.pc(), step));
    }
}
