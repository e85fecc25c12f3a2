package org.jengine.runtime.host;

import java.util.List;
import org.jengine.kernels.Args;
import org.jengine.kernels.Data;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.spi.BoundArgs;

/** A kernel that has no body made for this device: its reference, on the slices themselves and on the whole batch. Right, but slow. */
final class ReferenceOp implements Op {
    private final KernelDef def;
    private final BoundArgs<HostSlice> bound;

    ReferenceOp(BoundArgs<HostSlice> bound) {
        this.def = bound.def();
        this.bound = bound;
    }

    @Override
    public String name() {
        return def.entry();
    }

    @Override
    public int images() {
        return 0;
    }

    @Override
    public List<Access> accesses() {
        return def.params().stream().filter(p -> p.role().isBuffer())
                .map(p -> p.role().isWritten() ? Access.write(bound.slice(p.name())) : Access.read(bound.slice(p.name()))).toList();
    }

    @Override
    public Planned plan(Tiling tiling, GraphBuilder builder) {
        return Planned.of(new Work(1) {
            private Args args;

            @Override
            void link(Lanes lanes) {
                Args.Builder views = Args.of(def);
                for (Param p : def.params()) {
                    switch (p.role()) {
                        case SIZE -> views.size(p.name(), bound.size(p.name()));
                        case SCALAR -> views.scalar(p.name(), bound.scalar(p.name()));
                        default -> views.data(p.name(), Data.over(p.type(), bound.slice(p.name()).byteBuffer()));
                    }
                }
                args = views.build();
            }

            @Override
            void run(int part, Lane lane) {
                try {
                    def.reference(args);
                } catch (IndexOutOfBoundsException e) {
                    throw new DeviceException("host: kernel " + def.entry() + " reached outside a slice: " + e.getMessage(), e);
                }
            }
        });
    }
}
