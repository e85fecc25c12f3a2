package org.jengine.runtime.host;

import static org.jengine.runtime.host.HostLibrary.require;

import org.jengine.kernels.DType;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.PoolSpec;

/** Max pooling by oneDNN, whose workspace is the index: one byte an output, the winner's place in its window. */
final class PoolOps {
    private PoolOps() {
    }

    private abstract static class Pool extends ImageOp {
        final PoolSpec spec;

        Pool(String name, PoolSpec spec, Access... accesses) {
            super(name + " " + spec.window(), spec.n(), accesses);
            this.spec = spec;
        }

        final Dnnl.Desc x(Dnnl dnnl, int images) {
            return dnnl.images(spec.real(), images, spec.h(), spec.w(), spec.c());
        }

        final Dnnl.Desc y(Dnnl dnnl, int images) {
            return dnnl.images(spec.real(), images, spec.y().dim(1), spec.y().dim(2), spec.c());
        }

        final Dnnl.Desc index(Dnnl dnnl, int images) {
            return dnnl.images(DType.U8, images, spec.y().dim(1), spec.y().dim(2), spec.c());
        }

        final Dnnl.Primitive forward(Dnnl dnnl, int images) {
            Dnnl.Primitive p = dnnl.maxPoolForward(x(dnnl, images), y(dnnl, images), spec.window());
            if (!p.workspace().same(index(dnnl, images))) {
                throw new DeviceException("oneDNN " + Dnnl.version() + ": the workspace of " + name()
                        + " is not one byte an output in NHWC");
            }
            return p;
        }
    }

    static final class Forward extends Pool {
        private final HostSlice y;
        private final HostSlice index;
        private final HostSlice x;

        Forward(PoolSpec spec, HostSlice y, HostSlice index, HostSlice x) {
            super("max pool forward", spec, Access.writeRows(require("pool", "y", y, spec.real(), spec.y().count())),
                    Access.writeRows(require("pool", "index", index, DType.U8, spec.y().count())),
                    Access.readRows(require("pool", "x", x, spec.real(), spec.x().count())));
            this.y = y;
            this.index = index;
            this.x = x;
        }

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Dnnl dnnl = builder.dnnl();
            return Planned.of(tiled(tiling, builder, images -> {
                Dnnl.Primitive p = forward(dnnl, images);
                return new Call(p, (part, first) -> new DnnlWork.Use[] {
                    rows(Dnnl.Role.SRC, x(dnnl, images), x, first, builder),
                    rows(Dnnl.Role.DST, y(dnnl, images), y, first, builder),
                    rows(Dnnl.Role.WORKSPACE, p.workspace(), index, first, builder)});
            }));
        }
    }

    static final class Backward extends Pool {
        private final HostSlice dx;
        private final HostSlice dy;
        private final HostSlice index;

        Backward(PoolSpec spec, HostSlice dx, HostSlice dy, HostSlice index) {
            super("max pool backward", spec, Access.writeRows(require("pool", "dx", dx, spec.real(), spec.x().count())),
                    Access.readRows(require("pool", "dy", dy, spec.real(), spec.y().count())),
                    Access.readRows(require("pool", "index", index, DType.U8, spec.y().count())));
            this.dx = dx;
            this.dy = dy;
            this.index = index;
        }

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Dnnl dnnl = builder.dnnl();
            return Planned.of(tiled(tiling, builder, images -> {
                Dnnl.Primitive p = dnnl.maxPoolBackward(x(dnnl, images), y(dnnl, images), spec.window(), forward(dnnl, images));
                return new Call(p, (part, first) -> new DnnlWork.Use[] {
                    rows(Dnnl.Role.DIFF_SRC, x(dnnl, images), dx, first, builder),
                    rows(Dnnl.Role.DIFF_DST, y(dnnl, images), dy, first, builder),
                    rows(Dnnl.Role.WORKSPACE, p.workspace(), index, first, builder)});
            }));
        }
    }
}
