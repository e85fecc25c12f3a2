package org.jengine.runtime.host;

import java.util.ArrayList;
import java.util.List;

/** A oneDNN primitive on several parts of its operands, every argument laid out beforehand. */
final class DnnlWork extends Work {
    private final GraphBuilder builder;
    private final Dnnl.Primitive[] primitives;
    private final List<List<Use>> uses = new ArrayList<>();
    private Dnnl.Execution[][] executions;

    /** One operand of a part: its role, layout and place. */
    record Use(Dnnl.Role role, Dnnl.Desc desc, HostSlice slice, long offset) {
    }

    DnnlWork(GraphBuilder builder, int parts) {
        super(parts);
        this.builder = builder;
        this.primitives = new Dnnl.Primitive[parts];
        for (int i = 0; i < parts; i++) {
            uses.add(List.of());
        }
    }

    void part(int part, Dnnl.Primitive primitive, Use... operands) {
        primitives[part] = primitive;
        uses.set(part, List.of(operands));
        builder.needLaneScratch(primitive.scratchpad().bytes());
    }

    @Override
    void link(Lanes lanes) {
        Dnnl dnnl = builder.dnnl();
        executions = new Dnnl.Execution[parts()][lanes.count()];
        for (int part = 0; part < parts(); part++) {
            List<Dnnl.Arg> shared = new ArrayList<>();
            for (Use u : uses.get(part)) {
                shared.add(new Dnnl.Arg(u.role.code, dnnl.memory(u.desc, u.slice.address() + u.offset)));
            }
            Dnnl.Desc pad = primitives[part].scratchpad();
            for (int lane = 0; lane < lanes.count(); lane++) {
                List<Dnnl.Arg> args = new ArrayList<>(shared);
                if (pad.bytes() > 0) {
                    args.add(new Dnnl.Arg(Dnnl.Role.SCRATCHPAD.code, dnnl.memory(pad, builder.laneScratch(lane))));
                }
                executions[part][lane] = dnnl.execution(primitives[part], args);
            }
        }
    }

    @Override
    void run(int part, Lane lane) {
        executions[part][lane.index].run(lane.queue);
    }
}
