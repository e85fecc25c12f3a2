package org.jengine.runtime.conformance;

import java.util.List;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;

/** What a kernel wrote, beside what its reference says. */
public final class Outputs {
    private Outputs() {
    }

    /**
     * The first element that lies further from the reference than the case allows, in words; null if there is none.
     *
     * @param expected arguments that the reference was run on
     * @param outputs  what the device wrote, in the order of the parameters that are results
     */
    public static String difference(KernelDef def, Case c, Args expected, List<Data> outputs) {
        int at = 0;
        for (Param p : def.params()) {
            if (!p.role().isResult()) {
                continue;
            }
            Data want = expected.data(p.name());
            Data got = outputs.get(at++);
            double largest = 0;
            for (int i = 0; i < want.count(); i++) {
                largest = Math.max(largest, Math.abs(want.get(i)));
            }
            boolean exact = p.type() == DType.I32 || p.type() == DType.U8;
            for (int i = 0; i < want.count(); i++) {
                double allowed = exact ? 0 : c.tolerance(p.type()) * largest;
                double apart = Math.abs(want.get(i) - got.get(i));
                if (!(apart <= allowed)) {
                    return def.entry() + " " + c.name() + ": " + p.name() + "[" + i + "] is " + got.get(i) + ", the reference says "
                            + want.get(i) + " (allowed difference " + allowed + ")";
                }
            }
        }
        return null;
    }
}
