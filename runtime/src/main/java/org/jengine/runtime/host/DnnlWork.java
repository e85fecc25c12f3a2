package org.jengine.runtime.host;

import java.util.ArrayList;
import java.util.List;

/** A oneDNN primitive on several parts of its operands, every argument laid out beforehand. */
final class DnnlWork extends Work {
    private final GraphBuilder builder;
    private final Dnnl.Primitive[] primitives;
    private final List<List<Use>> uses = new ArrayList<>();
    private Dnnl.Execution[][] executions;

    /**
     * One operand of a part: its role, layout and place.
     *
     * @param offset  bytes from the start of the slice to the part's rows
     * @param perLane if not 0, the rows lie where the lane keeps its own, so many bytes for each, and not at {@code offset}
     */
    record Use(Dnnl.Role role, Dnnl.Desc desc, HostSlice slice, long offset, long perLane) {
        Use(Dnnl.Role role, Dnnl.Desc desc, HostSlice slice, long offset) {
            this(role, desc, slice, offset, 0);
        }

        long address(int lane) {
            return slice.address() + (perLane == 0 ? offset : lane * perLane);
        }
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
            Dnnl.Desc pad = primitives[part].scratchpad();
            for (int lane = 0; lane < lanes.count(); lane++) {
                List<Dnnl.Arg> args = new ArrayList<>();
                for (Use u : uses.get(part)) {
                    args.add(new Dnnl.Arg(u.role, dnnl.memory(u.desc, u.address(lane))));
                }
                if (pad.bytes() > 0) {
                    args.add(new Dnnl.Arg(Dnnl.Role.SCRATCHPAD, dnnl.memory(pad, builder.laneScratch(lane))));
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
