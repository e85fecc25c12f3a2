package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.Symbol;
import org.jengine.softcuda.ptx.Variable;
import org.jengine.softcuda.simt.alu.Kind;

/** Branches, calls, ends, barriers of the block, and what orders memory. */
final class ControlLowering {
    private final Emitter out;
    private final Map<Consumer<Integer>, Operand.Name> open = new HashMap<>();

    ControlLowering(Emitter out) {
        this.out = out;
    }

    /** Whether it was one of these. */
    boolean lower(Instruction instruction) {
        List<String> modifiers = instruction.modifiers();
        switch (instruction.opcode()) {
            case "bra" -> branch(instruction);
            case "brx" -> indexed(instruction);
            case "call" -> call(instruction);
            case "ret" -> out.add(out.function().entry() ? new Branches.Exit(out.pc()) : new Branches.Return(out.pc()));
            case "exit" -> out.add(new Branches.Exit(out.pc()));
            case "trap", "brkpt" -> out.add(new Branches.Trap(out.pc(), instruction.opcode()));
            case "membar", "fence" -> fence(instruction);
            case "nanosleep", "pmevent", "discard", "applypriority", "griddepcontrol", "setmaxnreg" -> hint(instruction);
            case "bar", "barrier" -> {
                if (modifiers.contains("cluster")) {
                    cluster(instruction);
                } else if (modifiers.size() > 1 && modifiers.get(0).equals("warp")) {
                    out.add(new WarpOps.Sync(out.pc(), out.source(instruction.operands().get(0), Kind.I32)));
                } else {
                    barrier(instruction);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void hint(Instruction instruction) {
        String form = instruction.name();
        if (!form.matches("nanosleep\\.u32|pmevent(\\.mask)?|discard(\\.global)?\\.L2|applypriority(\\.global)?\\.L2::evict_normal"
                + "|griddepcontrol\\.(wait|launch_dependents)|setmaxnreg\\.(inc|dec)\\.sync\\.aligned\\.u32")) {
            throw out.unknown(instruction);
        }
        out.add(new Moves.Nothing(out.pc()));
    }

    private void fence(Instruction instruction) {
        if (!instruction.name().matches("membar\\.(cta|gl|sys)|fence(\\.(sc|acq_rel|acquire|release))?\\.(cta|cluster|gpu|sys)"
                + "|fence\\.mbarrier_init\\.release\\.cluster|fence\\.proxy\\.(alias|async(\\.global|\\.shared::(cta|cluster))?)")) {
            throw out.unknown(instruction);
        }
        out.add(new Moves.Nothing(out.pc()));
    }

    private void cluster(Instruction instruction) {
        String form = instruction.name();
        if (form.matches("barrier\\.cluster\\.arrive(\\.release|\\.relaxed)?(\\.aligned)?")) {
            out.add(new ClusterSteps.Arrive(out.pc()));
        } else if (form.matches("barrier\\.cluster\\.wait(\\.acquire)?(\\.aligned)?")) {
            out.add(new ClusterSteps.Wait(out.pc()));
        } else {
            throw out.unknown(instruction);
        }
    }

    private Operand.Name label(Operand operand) {
        if (operand instanceof Operand.Name name && name.symbol() instanceof Symbol.Label) {
            return name;
        }
        throw out.fault(operand instanceof Operand.Name name ? "Unknown label '" + name.name() + "'" : "a label expected");
    }

    private void branch(Instruction instruction) {
        Branches.Direct step = new Branches.Direct(out.pc());
        open.put(step::to, label(instruction.operands().get(0)));
        out.add(step);
    }

    private void indexed(Instruction instruction) {
        if (!(instruction.operands().get(1) instanceof Operand.Name name) || !(name.symbol() instanceof Symbol.Targets targets)) {
            throw out.fault("a list of labels expected");
        }
        int index = out.source(instruction.operands().get(0), Kind.I32);
        Branches.Indexed step = new Branches.Indexed(out.pc(), index, targets.labels().size());
        for (int k = 0; k < targets.labels().size(); k++) {
            int number = k;
            open.put(to -> step.to(number, to), label(targets.labels().get(k)));
        }
        out.add(step);
    }

    /** Tells the branches where their labels are. */
    void aim(int[] starts) {
        open.forEach((set, name) -> set.accept(starts[((Symbol.Label) name.symbol()).index()]));
    }

    private void call(Instruction instruction) {
        List<Operand> operands = new ArrayList<>(instruction.operands());
        List<CallStep.Spot> results = operands.get(0) instanceof Operand.Group group ? spots(group, true) : List.of();
        if (operands.get(0) instanceof Operand.Group) {
            operands.remove(0);
        }
        List<CallStep.Spot> arguments = operands.size() > 1 && operands.get(1) instanceof Operand.Group group ? spots(group, false)
                : List.of();
        Operand target = operands.get(0);
        if (target instanceof Operand.Reg) {
            out.add(new CallStep(out.pc(), null, out.source(target, Kind.I64), out.links().callable(), arguments, results));
            return;
        }
        if (!(target instanceof Operand.Name name) || !(name.symbol() instanceof Function function)) {
            throw out.fault("a function expected");
        }
        FunctionCode code = out.links().code().get(function);
        if (code == null && DeviceCall.known(name.name())) {
            out.add(new DeviceCall(out.pc(), name.name(), arguments, results));
        } else if (code == null) {
            throw out.fault("Unresolved extern function '" + name.name() + "'");
        } else if (function.parameters().size() != arguments.size()) {
            throw out.mismatch();
        } else {
            out.add(new CallStep(out.pc(), code, -1, List.of(), arguments, results));
        }
    }

    private List<CallStep.Spot> spots(Operand.Group group, boolean target) {
        List<CallStep.Spot> spots = new ArrayList<>();
        for (Operand operand : group.elements()) {
            if (operand instanceof Operand.Reg reg) {
                spots.add(new CallStep.Spot(reg.register().number(), 0, 0));
            } else if (operand instanceof Operand.Name name && name.symbol() instanceof Variable variable
                    && out.slots().local(variable) != null) {
                spots.add(new CallStep.Spot(-1, out.slots().local(variable), (int) variable.bytes()));
            } else if (!target && operand instanceof Operand.Int) {
                spots.add(new CallStep.Spot(out.source(operand, Kind.I64), 0, 0));
            } else {
                throw out.mismatch();
            }
        }
        return spots;
    }

    private void barrier(Instruction instruction) {
        List<String> modifiers = new ArrayList<>(instruction.modifiers());
        List<Operand> operands = instruction.operands();
        modifiers.remove("cta");
        boolean aligned = modifiers.remove("aligned") || instruction.opcode().equals("bar");
        String form = String.join(".", modifiers);
        switch (form) {
            case "sync" -> out.add(new BarrierStep(out.pc(), BarrierStep.Action.SYNC, aligned, number(operands, 0), number(operands, 1),
                    -1, -1));
            case "arrive" -> out.add(new BarrierStep(out.pc(), BarrierStep.Action.ARRIVE, aligned, number(operands, 0), number(operands, 1),
                    -1, -1));
            case "red.popc.u32", "red.and.pred", "red.or.pred" -> {
                BarrierStep.Action action = form.contains("popc") ? BarrierStep.Action.POPC
                        : form.contains("and") ? BarrierStep.Action.AND : BarrierStep.Action.OR;
                int last = operands.size() - 1;
                int predicate = out.source(operands.get(last), Kind.PRED);
                int count = last > 2 ? number(operands, 2) : -1;
                int result = out.target(operands.get(0), action == BarrierStep.Action.POPC ? Kind.I32 : Kind.PRED);
                out.add(new BarrierStep(out.pc(), action, aligned, number(operands, 1), count, result, predicate));
            }
            default -> throw out.unknown(instruction);
        }
    }

    private int number(List<Operand> operands, int place) {
        return operands.size() > place ? out.source(operands.get(place), Kind.I32) : -1;
    }
}
