package org.jengine.softcuda.simt;

import java.util.List;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.simt.alu.Kind;

/** Asynchronous copies, and the barriers in shared memory through which threads learn of them. */
final class AsyncLowering {
    private static final String SPACE = "(\\.shared(::cta)?)?";
    private static final String COPIED = "async\\.bulk\\.(shared::(cluster|cta)\\.global|shared::cluster\\.shared::cta)"
            + "\\.mbarrier::complete_tx::bytes";

    private static final String ARRIVE = "arrive(_drop)?(\\.expect_tx)?((\\.release|\\.relaxed)\\.(cta|cluster))?"
            + "(\\.shared(::cta|::cluster)?)?\\.b64";

    private final Emitter out;

    AsyncLowering(Emitter out) {
        this.out = out;
    }

    /** Whether it was one of these. */
    boolean lower(Instruction instruction) {
        switch (instruction.opcode()) {
            case "cp" -> {
                if (instruction.has("bulk")) {
                    bulk(out.unhinted(instruction));
                } else {
                    copy(out.unhinted(instruction));
                }
            }
            case "mbarrier" -> phase(instruction);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void expect(boolean right) {
        if (!right) {
            throw out.mismatch();
        }
    }

    private void copy(Instruction instruction) {
        String form = String.join(".", instruction.modifiers());
        List<Operand> operands = instruction.operands();
        switch (form) {
            case "async.commit_group" -> out.add(new AsyncCopyStep.Group(out.pc(), AsyncCopyStep.Group.Action.COMMIT, 0));
            case "async.wait_all" -> out.add(new AsyncCopyStep.Group(out.pc(), AsyncCopyStep.Group.Action.WAIT_ALL, 0));
            case "async.wait_group" -> out.add(new AsyncCopyStep.Group(out.pc(), AsyncCopyStep.Group.Action.WAIT, number(operands, 0)));
            case "async.mbarrier.arrive.b64", "async.mbarrier.arrive.shared.b64", "async.mbarrier.arrive.shared::cta.b64" ->
                arriveByCopies(instruction, PhaseBarrierStep.Action.NOTE);
            case "async.mbarrier.arrive.noinc.b64", "async.mbarrier.arrive.noinc.shared.b64",
                    "async.mbarrier.arrive.noinc.shared::cta.b64" -> arriveByCopies(instruction, PhaseBarrierStep.Action.ARRIVE);
            default -> {
                if (!form.matches("async\\.(ca|cg)\\.shared(::cta)?\\.global(\\.L2::(64B|128B|256B))?")) {
                    throw out.unknown(instruction);
                }
                int bytes = number(operands, 2);
                if (bytes != 16 && (form.contains(".cg.") || bytes != 4 && bytes != 8)) {
                    throw out.fault("cp.async of " + bytes + " bytes");
                }
                Operand more = operands.size() > 3 ? operands.get(3) : null;
                boolean predicate = more instanceof Operand.Reg reg && reg.register().type() == Type.PRED;
                out.add(new AsyncCopyStep(out.pc(), out.place(operands.get(0), MemoryStep.Where.SHARED),
                        out.place(operands.get(1), MemoryStep.Where.GLOBAL), bytes,
                        more == null || predicate ? -1 : out.source(more, Kind.I32), predicate ? out.source(more, Kind.PRED) : -1));
            }
        }
    }

    /** An arrival at a barrier as soon as the thread's copies so far have come: here at once, which a GPU may do too. */
    private void arriveByCopies(Instruction instruction, PhaseBarrierStep.Action action) {
        expect(instruction.operands().size() == 1);
        out.add(new AsyncCopyStep.Group(out.pc(), AsyncCopyStep.Group.Action.WAIT_ALL, 0));
        out.add(new PhaseBarrierStep(out.pc(), out.place(instruction.operands().get(0), instruction), action, -1, -1).silent());
    }

    /** Copies of any number of bytes. */
    private void bulk(Instruction instruction) {
        String form = String.join(".", instruction.modifiers());
        List<Operand> operands = instruction.operands();
        int count = operands.size();
        if (form.matches(COPIED)) {
            expect(count == 4);
            out.add(new BulkCopyStep(out.pc(), out.place(operands.get(0), MemoryStep.Where.SHARED), out.place(operands.get(1),
                    form.contains(".global.") ? MemoryStep.Where.GLOBAL : MemoryStep.Where.SHARED), out.source(operands.get(2), Kind.I32),
                    out.place(operands.get(3), MemoryStep.Where.SHARED)));
        } else if (form.equals("async.bulk.global.shared::cta.bulk_group")) {
            expect(count == 3);
            out.add(new BulkCopyStep(out.pc(), out.place(operands.get(0), MemoryStep.Where.GLOBAL),
                    out.place(operands.get(1), MemoryStep.Where.SHARED), out.source(operands.get(2), Kind.I32), null));
        } else if (form.equals("async.bulk.prefetch.L2.global")) {
            expect(count == 2);
            out.add(new Moves.Nothing(out.pc()));
        } else if (form.equals("async.bulk.commit_group")) {
            expect(count == 0);
            out.add(new BulkCopies.Group(out.pc(), -1, false));
        } else if (form.matches("async\\.bulk\\.wait_group(\\.read)?")) {
            out.add(new BulkCopies.Group(out.pc(), number(operands, 0), form.endsWith("read")));
        } else {
            throw out.unknown(instruction);
        }
    }

    private void phase(Instruction instruction) {
        List<Operand> operands = instruction.operands();
        String form = String.join(".", instruction.modifiers());
        String bare = form.split("\\.")[0];
        boolean expecting = form.contains(".expect_tx");
        if (form.matches("(init|inval)" + SPACE + "\\.b64")) {
            boolean init = bare.equals("init");
            expect(operands.size() == (init ? 2 : 1));
            add(instruction, 0, init ? PhaseBarrierStep.Action.INIT : PhaseBarrierStep.Action.INVAL, -1,
                    init ? out.source(operands.get(1), Kind.I32) : -1);
        } else if (form.matches("(expect_tx|complete_tx)(\\.relaxed\\.(cta|cluster))?(\\.shared(::cta|::cluster)?)?\\.b64")) {
            expect(operands.size() == 2);
            add(instruction, 0, bare.equals("expect_tx") ? PhaseBarrierStep.Action.EXPECT : PhaseBarrierStep.Action.COMPLETE, -1,
                    out.source(operands.get(1), Kind.I32));
        } else if (form.matches(ARRIVE) || form.matches("arrive(_drop)?\\.noComplete(\\.release\\.cta)?" + SPACE + "\\.b64")) {
            boolean counted = expecting || form.contains(".noComplete");
            // To the barrier of a block that may be another one's threads arrive without learning its state.
            expect(operands.size() == 3 || operands.size() == 2 && !counted);
            expect(!form.contains("::cluster") || operands.get(0) instanceof Operand.Sink);
            boolean drop = bare.equals("arrive_drop");
            PhaseBarrierStep.Action action = expecting
                    ? drop ? PhaseBarrierStep.Action.DROP_EXPECTING : PhaseBarrierStep.Action.ARRIVE_EXPECTING
                    : drop ? PhaseBarrierStep.Action.DROP : PhaseBarrierStep.Action.ARRIVE;
            add(instruction, 1, action, out.target(operands.get(0), Kind.I64),
                    operands.size() > 2 ? out.source(operands.get(2), Kind.I32) : -1);
        } else if (form.matches("(test|try)_wait(\\.parity)?((\\.acquire|\\.relaxed)\\.(cta|cluster))?" + SPACE + "\\.b64")) {
            // How long a thread may sleep at most comes last, and says nothing of what it will see.
            expect(operands.size() == 3 || operands.size() == 4 && bare.equals("try_wait"));
            boolean parity = form.contains(".parity");
            int given = out.source(operands.get(2), parity ? Kind.I32 : Kind.I64);
            add(instruction, 1, parity ? PhaseBarrierStep.Action.TEST_PARITY : PhaseBarrierStep.Action.TEST,
                    out.target(operands.get(0), Kind.PRED), given);
            out.steps().add(new BulkCopies.Arrive(out.pc()).silent());
        } else if (form.equals("pending_count.b64")) {
            expect(operands.size() == 2);
            int state = out.source(operands.get(1), Kind.I64);
            out.add(new PhaseBarrierStep.Pending(out.pc(), state, out.target(operands.get(0), Kind.I32)));
        } else {
            throw out.unknown(instruction);
        }
    }

    private void add(Instruction instruction, int barrier, PhaseBarrierStep.Action action, int result, int operand) {
        out.add(new PhaseBarrierStep(out.pc(), out.place(instruction.operands().get(barrier), instruction), action, result, operand));
    }

    private int number(List<Operand> operands, int place) {
        if (operands.size() > place && operands.get(place) instanceof Operand.Int whole) {
            return (int) whole.value();
        }
        throw out.mismatch();
    }
}
