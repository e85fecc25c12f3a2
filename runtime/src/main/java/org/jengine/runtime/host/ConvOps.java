package org.jengine.runtime.host;

import static org.jengine.runtime.host.HostLibrary.require;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;

/** Convolution by oneDNN: NHWC images, filters in the layout that the primitive likes best, reordered once per write of the weights. */
final class ConvOps {
    private ConvOps() {
    }

    private abstract static class Conv extends ImageOp {
        final ConvSpec spec;

        Conv(String name, ConvSpec spec, Access... accesses) {
            super(name + " " + spec.weights(), spec.n(), accesses);
            this.spec = spec;
        }

        final Dnnl.Desc x(Dnnl dnnl, int images) {
            return dnnl.images(spec.real(), images, spec.h(), spec.w(), spec.c());
        }

        final Dnnl.Desc y(Dnnl dnnl, int images) {
            return dnnl.images(spec.real(), images, spec.y().dim(1), spec.y().dim(2), spec.k());
        }

        final Dnnl.Desc plain(Dnnl dnnl, DType type) {
            return dnnl.filters(type, spec.k(), spec.r(), spec.s(), spec.c());
        }

        final Dnnl.Desc any(Dnnl dnnl, DType type) {
            return dnnl.anyFilters(type, spec.k(), spec.r(), spec.s(), spec.c());
        }

        final Dnnl.Desc bias(Dnnl dnnl) {
            return dnnl.vector(DType.F32, spec.k());
        }

        final Dnnl.Primitive forward(Dnnl dnnl, int images, Activation act) {
            return dnnl.convForward(x(dnnl, images), any(dnnl, spec.real()), bias(dnnl), y(dnnl, images), spec.pad(), act);
        }

        /** The weights in the layout that {@code primitive} asks for. */
        final HostSlice weightsFor(Dnnl.Primitive primitive, HostSlice w, GraphBuilder builder) {
            Dnnl.Desc plain = plain(builder.dnnl(), spec.real());
            return primitive.weights().same(plain) ? w : builder.reordered(w, plain, primitive.weights());
        }
    }

    static final class Forward extends Conv {
        private final HostSlice y;
        private final HostSlice x;
        private final HostSlice w;
        private final HostSlice b;

        Forward(ConvSpec spec, HostSlice y, HostSlice x, HostSlice w, HostSlice b) {
            super("conv forward", spec, Access.writeRows(require("conv", "y", y, spec.real(), spec.y().count())),
                    Access.readRows(require("conv", "x", x, spec.real(), spec.x().count())),
                    Access.read(require("conv", "w", w, spec.real(), spec.weights().count())),
                    Access.read(require("conv", "b", b, DType.F32, spec.k())));
            this.y = y;
            this.x = x;
            this.w = w;
            this.b = b;
        }

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Dnnl dnnl = builder.dnnl();
            return Planned.of(tiled(tiling, builder, images -> {
                Dnnl.Primitive p = forward(dnnl, images, spec.act());
                HostSlice weights = weightsFor(p, w, builder);
                return new Call(p, (part, first) -> new DnnlWork.Use[] {
                    rows(Dnnl.Role.SRC, x(dnnl, images), x, first, builder),
                    rows(Dnnl.Role.DST, y(dnnl, images), y, first, builder),
                    shared(Dnnl.Role.WEIGHTS, p.weights(), weights), shared(Dnnl.Role.BIAS, bias(dnnl), b)});
            }));
        }
    }

    static final class BackwardData extends Conv {
        private final HostSlice dx;
        private final HostSlice dy;
        private final HostSlice w;

        BackwardData(ConvSpec spec, HostSlice dx, HostSlice dy, HostSlice w) {
            super("conv backward data", spec, Access.writeRows(require("conv", "dx", dx, spec.real(), spec.x().count())),
                    Access.readRows(require("conv", "dy", dy, spec.real(), spec.y().count())),
                    Access.read(require("conv", "w", w, spec.real(), spec.weights().count())));
            this.dx = dx;
            this.dy = dy;
            this.w = w;
        }

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Dnnl dnnl = builder.dnnl();
            return Planned.of(tiled(tiling, builder, images -> {
                Dnnl.Primitive p = dnnl.convBackwardData(x(dnnl, images), any(dnnl, spec.real()), y(dnnl, images), spec.pad(),
                        forward(dnnl, images, Activation.NONE));
                HostSlice weights = weightsFor(p, w, builder);
                return new Call(p, (part, first) -> new DnnlWork.Use[] {
                    rows(Dnnl.Role.DIFF_SRC, x(dnnl, images), dx, first, builder),
                    rows(Dnnl.Role.DIFF_DST, y(dnnl, images), dy, first, builder), shared(Dnnl.Role.WEIGHTS, p.weights(), weights)});
            }));
        }
    }

    /** Every part leaves gradients of its own, which are added up in the order of the parts. */
    static final class BackwardWeights extends Conv {
        private final HostSlice dw;
        private final HostSlice db;
        private final HostSlice x;
        private final HostSlice dy;

        BackwardWeights(ConvSpec spec, HostSlice dw, HostSlice db, HostSlice x, HostSlice dy) {
            super("conv backward weights", spec, Access.write(require("conv", "dw", dw, DType.F32, spec.weights().count())),
                    Access.write(require("conv", "db", db, DType.F32, spec.k())),
                    Access.readRows(require("conv", "x", x, spec.real(), spec.x().count())),
                    Access.readRows(require("conv", "dy", dy, spec.real(), spec.y().count())));
            this.dw = dw;
            this.db = db;
            this.x = x;
            this.dy = dy;
        }

        private Dnnl.Primitive primitive(Dnnl dnnl, int images, Dnnl.Desc weights) {
            return dnnl.convBackwardWeights(x(dnnl, images), weights, bias(dnnl), y(dnnl, images), spec.pad(),
                    forward(dnnl, images, Activation.NONE));
        }

        @Override
        public Planned plan(Tiling tiling, GraphBuilder builder) {
            Dnnl dnnl = builder.dnnl();
            // All parts must agree on a layout for their sums, so the full part's choice binds the last one.
            Dnnl.Desc layout = primitive(dnnl, tiling.count(0), any(dnnl, DType.F32)).diffWeights();
            int weightFloats = Math.toIntExact(layout.bytes() / Float.BYTES);
            Partials weights = new Partials(builder, "dw", tiling.parts(), weightFloats);
            Partials biases = new Partials(builder, "db", tiling.parts(), spec.k());
            DnnlWork body = tiled(tiling, builder, images -> {
                Dnnl.Primitive p = primitive(dnnl, images, layout);
                return new Call(p, (part, first) -> new DnnlWork.Use[] {
                    rows(Dnnl.Role.SRC, x(dnnl, images), x, first, builder),
                    rows(Dnnl.Role.DIFF_DST, y(dnnl, images), dy, first, builder),
                    new DnnlWork.Use(Dnnl.Role.DIFF_WEIGHTS, layout, weights.slice(), weights.offset(part)),
                    new DnnlWork.Use(Dnnl.Role.DIFF_BIAS, bias(dnnl), biases.slice(), biases.offset(part))});
            });
            DnnlWork reorder = new DnnlWork(builder, 1);
            HostSlice sum = builder.scratch("dw sum", Shape.of(weightFloats), DType.F32);
            Dnnl.Desc plain = plain(dnnl, DType.F32);
            reorder.part(0, dnnl.reorder(layout, plain), shared(Dnnl.Role.SRC, layout, sum), shared(Dnnl.Role.DST, plain, dw));
            return new Planned(body, new Work(1) {
                @Override
                void link(Lanes lanes) {
                    weights.link(sum);
                    biases.link(db);
                    reorder.link(lanes);
                }

                @Override
                void run(int part, Lane lane) {
                    weights.sum(lane);
                    biases.sum(lane);
                    reorder.run(0, lane);
                }
            });
        }
    }
}
