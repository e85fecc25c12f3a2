package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Form;
import org.jengine.softcuda.simt.alu.Values;

/** Computes from registers to registers. */
final class AluStep extends Step {
    private static final int ROUND = 8;

    private final Form form;
    private final int at;
    private final int[] results;
    private final int[] sources;

    /** @param at the step's own place among the function's */
    AluStep(int pc, Form form, int at, int[] results, int[] sources) {
        super(pc);
        this.form = form;
        this.at = at;
        this.results = results;
        this.sources = sources;
    }

    @Override
    AluStep alu() {
        return this;
    }

    int[] results() {
        return results;
    }

    int[] sources() {
        return sources;
    }

    @Override
    void run(Block block, Frame frame, Mask mask) {
        Values[] out = frame.results(at);
        Values[] in = frame.sources(at);
        if (block.whole() && !form.warp()) {
            form.body().run(out, in, block.lanes());
            return;
        }
        Values[] scratch = block.scratch(out);
        int end = (mask.end() + ROUND - 1) / ROUND * ROUND;
        form.body().run(scratch, in, form.warp() ? block.lanes() : end);
        for (int k = 0; k < out.length; k++) {
            Lanes.copy(scratch[k], out[k], mask);
        }
    }
}
