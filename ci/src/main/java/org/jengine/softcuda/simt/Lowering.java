package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.ptx.Symbol;
import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.ptx.Variable;
import org.jengine.softcuda.simt.alu.Alu;
import org.jengine.softcuda.simt.alu.Form;
import org.jengine.softcuda.simt.alu.Kind;

/** Turns a function's instructions into steps. What it does not know, it refuses. */
final class Lowering {
    private final FunctionCode code;
    private final Function function;
    private final List<Form> forms = new ArrayList<>();
    private final Emitter out;
    private final MoveLowering moves;
    private final MemoryLowering memory;
    private final AsyncLowering copies;
    private final WarpLowering warps;
    private final ControlLowering control;

    private Lowering(FunctionCode code, Links links) {
        this.code = code;
        function = code.function();
        for (Instruction instruction : function.body()) {
            forms.add(Alu.find(instruction.opcode(), instruction.modifiers(), instruction.operands().size()));
        }
        out = new Emitter(function, links, new Slots(function, Kinds.of(function, forms)));
        moves = new MoveLowering(out);
        memory = new MemoryLowering(out);
        copies = new AsyncLowering(out);
        warps = new WarpLowering(out);
        control = new ControlLowering(out);
    }

    /** @throws PtxException with the line of what cannot be run */
    static void lower(FunctionCode code, Links links) {
        new Lowering(code, links).run();
    }

    private void run() {
        List<Instruction> body = function.body();
        int[] starts = new int[body.size() + 1];
        boolean takes = !function.entry() && body.stream().anyMatch(one -> one.opcode().equals("alloca"));
        int before = takes ? out.slots().temporary(Kind.I32) : -1;
        if (takes) {
            out.steps().add(new LocalStack.Save(0, before).silent());
        }
        for (int k = 0; k < starts.length - 1; k++) {
            Instruction instruction = body.get(k);
            starts[k] = out.steps().size();
            out.begin(k);
            if (takes && instruction.opcode().equals("ret")) {
                out.add(new LocalStack.Restore(k, before).silent());
            }
            if (Grammar.has(instruction) ? !Grammar.takes(instruction) : forms.get(k) == null) {
                throw out.unknown(instruction);
            }
            if (!moves.lower(instruction) && !memory.lower(instruction) && !copies.lower(instruction) && !warps.lower(instruction)
                    && !control.lower(instruction)) {
                compute(instruction, forms.get(k));
            }
            out.end();
        }
        starts[body.size()] = out.steps().size();
        if (takes) {
            out.steps().add(new LocalStack.Restore(body.size() - 1, before).silent());
        }
        Step end = function.entry() ? new Branches.Exit(Math.max(0, body.size() - 1)) : new Branches.Return(Math.max(0, body.size() - 1));
        out.steps().add(end.silent());
        control.aim(starts);
        code.passes(spots(function.parameters()), spots(function.results()));
        code.define(out.steps(), out.slots().kinds(), out.slots().fixed(), out.slots().localBytes());
    }

    private List<CallStep.Spot> spots(List<Symbol> symbols) {
        List<CallStep.Spot> spots = new ArrayList<>();
        for (Symbol symbol : symbols) {
            if (symbol instanceof Symbol.Register register) {
                spots.add(new CallStep.Spot(register.number(), 0, 0));
            } else if (!function.entry()) {
                Variable variable = (Variable) symbol;
                spots.add(new CallStep.Spot(-1, out.slots().local(variable), (int) variable.bytes()));
            }
        }
        return spots;
    }

    private void compute(Instruction instruction, Form found) {
        Form form = found == null ? null : chosen(instruction, found);
        if (form == null) {
            throw new PtxException(instruction.line(), "Not a name of any known instruction: '" + instruction.name() + "'");
        }
        List<Operand> operands = Kinds.flat(instruction.operands());
        int results = form.results().size();
        if (operands.size() != results + form.sources().size()) {
            throw out.mismatch();
        }
        List<Integer> sources = new ArrayList<>();
        for (int k = results; k < operands.size(); k++) {
            boolean widened = instruction.has("wide") && k == results + 2;
            sources.add(out.source(operands.get(k), form.sources().get(k - results), widened ? null : instruction.type()));
        }
        if (form.carryIn()) {
            sources.add(out.slots().carry());
        }
        List<Integer> targets = new ArrayList<>();
        for (int k = 0; k < results; k++) {
            targets.add(out.target(operands.get(k), form.results().get(k)));
        }
        if (form.carryOut()) {
            targets.add(out.slots().carry());
        }
        Step step = new AluStep(out.pc(), form, out.steps().size(), ints(targets), ints(sources));
        out.add(form.warp() ? new WarpOps.Together(out.pc(), step) : step);
    }

    /** A choice between bits is made in the kind in which they are held. */
    private Form chosen(Instruction instruction, Form form) {
        Type type = instruction.type();
        if (instruction.opcode().equals("selp") && (type == Type.B32 || type == Type.B64)
                && instruction.operands().get(0) instanceof Operand.Reg reg) {
            Kind kind = out.slots().kind(reg.register().number());
            if (kind == Kind.F32 || kind == Kind.F64) {
                return Alu.find("selp", List.of(kind == Kind.F32 ? "f32" : "f64"), instruction.operands().size());
            }
        }
        return form;
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
