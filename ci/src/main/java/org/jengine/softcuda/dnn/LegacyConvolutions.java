package org.jengine.softcuda.dnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.blas.DataType;
import org.jengine.softcuda.blas.Halves;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;

/** Convolutions before the graph interface: descriptors, algorithms with their workspaces, and the three products. */
final class LegacyConvolutions {
    /** Bytes of cudnnConvolution*AlgoPerf_t. */
    private static final int PERFORMANCE_BYTES = 48;
    private static final int GARBAGE = 0xffffffff;
    private static final int AMPERE = 80;
    private static final int[] WINOGRAD_FILTER = {1, 3, 3};
    private static final int FMA = 3;
    /** Float, double, half and 32-bit integers, as cudnnDataType_t has them. */
    private static final List<Integer> COMPUTED = List.of(0, 1, 2, 4);
    private static final float FASTEST_MILLISECONDS = 0.05f;

    private final Legacy legacy;

    LegacyConvolutions(Legacy legacy) {
        this.legacy = legacy;
    }

    /** A convolution descriptor. */
    private record Settings(ConvolutionSettings plain, int groups, int math, int reorder) {
        static Settings of(int mode, int compute, int[] pads, int[] strides, int[] dilations) {
            Status.BAD_PARAM.unless(mode == 0 || mode == 1, "convolution mode " + mode);
            Status.BAD_PARAM.unless(COMPUTED.contains(compute), "a convolution computed in data type " + compute);
            ConvolutionSettings plain = new ConvolutionSettings(Types.of(compute, "a convolution"), mode == 0, pads, pads, strides,
                    dilations);
            plain.check(pads.length);
            return new Settings(plain, 1, 0, 0);
        }

        int mode() {
            return plain.flipped() ? 0 : 1;
        }
    }

    /**
     * The three products, and the algorithms of each by their numbers: general ones, those by Fourier transforms, and those by Winograd's
     * way.
     */
    private enum Form {
        FORWARD("Forward", List.of(1, 0, 2), List.of(5, 4), List.of(6, 7)),
        DATA("BackwardData", List.of(1, 0), List.of(3, 2), List.of(4, 5)),
        FILTER("BackwardFilter", List.of(1, 0, 3), List.of(6, 2), List.of(5));

        private final String text;
        private final List<Integer> general;
        private final List<Integer> fourier;
        private final List<Integer> winograd;

        Form(String text, List<Integer> general, List<Integer> fourier, List<Integer> winograd) {
            this.text = text;
            this.general = general;
            this.fourier = fourier;
            this.winograd = winograd;
        }

        /** Whether an algorithm gives the same bits each time. */
        boolean repeatable(int algorithm) {
            return this == FORWARD || algorithm != 0 && !(this == FILTER && algorithm == 3);
        }

        int count() {
            return general.size() + fourier.size() + winograd.size();
        }
    }

    void provide(CallTable calls) {
        legacy.kind(calls, "Convolution");
        descriptors(calls);
        for (Form form : Form.values()) {
            legacy.add(calls, "cudnnGetConvolution" + form.text + "AlgorithmMaxCount", call -> {
                call.session();
                call.answers(form.count());
            });
            legacy.add(calls, "cudnnGetConvolution" + form.text + "Algorithm_v7", call -> algorithms(call, form, false));
            legacy.add(calls, "cudnnFindConvolution" + form.text + "Algorithm", call -> algorithms(call, form, false));
            legacy.add(calls, "cudnnFindConvolution" + form.text + "AlgorithmEx", call -> algorithms(call, form, true));
            legacy.add(calls, "cudnnGetConvolution" + form.text + "WorkspaceSize", call -> {
                call.session();
                Parts parts = new Parts(call, form, false).end(call);
                call.answer(Dnn.bytes(parts.workspace(parts.known(call.i32()))));
            });
            legacy.add(calls, "cudnnConvolution" + form.text, call -> perform(call, form));
        }
        legacy.add(calls, "cudnnConvolutionBackwardBias", call -> {
            Session session = call.session();
            float alpha = call.scalar();
            Legacy.Operand dy = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand db = call.operand().present();
            int[] wanted = new int[dy.dims().length];
            Arrays.fill(wanted, 1);
            wanted[1] = dy.dims()[1];
            Status.BAD_PARAM.unless(Arrays.equals(db.dims(), wanted), "a bias " + db.tensor() + " for " + dy.tensor());
            call.submit(session, turn -> db.blend(legacy.view(), turn,
                    Reduction.reduce(Reduction.ADD, dy.read(legacy.view(), turn), dy.dims(), db.dims()), alpha, beta));
        });
        legacy.add(calls, "cudnnConvolutionBiasActivationForward", this::fused);
    }

    private void descriptors(CallTable calls) {
        legacy.add(calls, "cudnnSetConvolution2dDescriptor", call -> {
            long id = call.target();
            int[] pads = {call.i32(), call.i32()};
            int[] strides = {call.i32(), call.i32()};
            int[] dilations = {call.i32(), call.i32()};
            call.set(id, Settings.of(call.i32(), call.i32(), pads, strides, dilations));
        });
        legacy.add(calls, "cudnnGetConvolution2dDescriptor", call -> {
            Settings from = call.descriptor(Settings.class);
            Status.BAD_PARAM.unless(from.plain.pads().length == 2, "a convolution over " + from.plain.pads().length + " dimensions");
            call.answers(from.plain.pads());
            call.answers(from.plain.strides());
            call.answers(from.plain.dilations());
            call.answers(from.mode(), Types.number(from.plain.compute()));
        });
        legacy.add(calls, "cudnnSetConvolutionNdDescriptor", call -> {
            long id = call.target();
            int length = call.i32();
            Status.BAD_PARAM.unless(length >= 0, "a convolution over " + length + " dimensions");
            Status.NOT_SUPPORTED.unless(length > 0 && length <= Convolution.SPATIAL, "a convolution over " + length + " dimensions");
            int[] pads = call.ints();
            int[] strides = call.ints();
            int[] dilations = call.ints();
            call.set(id, Settings.of(call.i32(), call.i32(), pads, strides, dilations));
        });
        legacy.add(calls, "cudnnGetConvolutionNdDescriptor", call -> {
            Settings from = call.descriptor(Settings.class);
            int room = Math.min(call.i32(), from.plain.pads().length);
            call.answers(from.plain.pads().length);
            call.place(Dnn.bytes(Arrays.copyOf(from.plain.pads(), room)));
            call.place(Dnn.bytes(Arrays.copyOf(from.plain.strides(), room)));
            call.place(Dnn.bytes(Arrays.copyOf(from.plain.dilations(), room)));
            call.answers(from.mode(), Types.number(from.plain.compute()));
        });
        legacy.add(calls, "cudnnSetConvolutionGroupCount", call -> {
            long id = call.i64();
            Settings from = settings(call, id);
            int groups = call.i32();
            Status.BAD_PARAM.unless(groups > 0, "groups " + groups);
            call.set(id, new Settings(from.plain, groups, from.math, from.reorder));
        });
        legacy.add(calls, "cudnnGetConvolutionGroupCount", call -> call.answers(call.descriptor(Settings.class).groups));
        legacy.add(calls, "cudnnSetConvolutionMathType", call -> {
            long id = call.i64();
            Settings from = settings(call, id);
            int math = call.i32();
            Status.BAD_PARAM.unless(math >= 0 && math <= FMA, "math type " + math);
            call.set(id, new Settings(from.plain, from.groups, math, from.reorder));
        });
        legacy.add(calls, "cudnnGetConvolutionMathType", call -> call.answers(call.descriptor(Settings.class).math));
        legacy.add(calls, "cudnnSetConvolutionReorderType", call -> {
            long id = call.i64();
            Settings from = settings(call, id);
            int reorder = call.i32();
            Status.BAD_PARAM.unless(reorder == 0 || reorder == 1, "reorder type " + reorder);
            call.set(id, new Settings(from.plain, from.groups, from.math, reorder));
        });
        legacy.add(calls, "cudnnGetConvolutionReorderType", call -> call.answers(call.descriptor(Settings.class).reorder));
        legacy.add(calls, "cudnnGetConvolution2dForwardOutputDim", call -> call.answers(result(call)));
        legacy.add(calls, "cudnnGetConvolutionNdForwardOutputDim", call -> {
            int[] dims = result(call);
            call.answer(Dnn.bytes(Arrays.copyOf(dims, Math.min(call.i32(), dims.length))));
        });
    }

    private static Settings settings(Legacy.Call call, long id) {
        return call.find(id, Settings.class, "Settings");
    }

    private static int[] result(Legacy.Call call) {
        Settings settings = call.descriptor(Settings.class);
        Tensor x = call.descriptor(Tensor.class);
        Tensor w = call.descriptor(LegacyTensors.Filter.class).tensor();
        Status.BAD_PARAM.unless(x.dims().length == settings.plain.pads().length + 2 && w.dims().length == x.dims().length,
                "a convolution of " + x + " with " + w);
        Status.BAD_PARAM.unless(x.dims()[1] == w.dims()[1] * settings.groups, x.dims()[1] + " channels, filters " + w);
        int[] dims = settings.plain.result(x.dims(), w.dims());
        Status.BAD_PARAM.unless(Arrays.stream(dims).allMatch(dim -> dim > 0), "the filter " + w + " does not fit into " + x);
        return dims;
    }

    /** The operands of a call: two, the convolution, and later the third; addresses lie between the descriptors of calls that perform. */
    private static final class Parts {
        private final Form form;
        private final boolean addresses;
        private final Settings settings;
        private final Legacy.Operand first;
        private final Legacy.Operand second;
        private Legacy.Operand third;
        private Convolution shape;

        Parts(Legacy.Call call, Form form, boolean addresses) {
            this.form = form;
            this.addresses = addresses;
            first = form == Form.DATA ? filter(call) : tensor(call);
            second = form == Form.FORWARD ? filter(call) : tensor(call);
            settings = call.descriptor(Settings.class);
        }

        /** Reads the third operand and checks that the three go together. */
        Parts end(Legacy.Call call) {
            third = form == Form.FILTER ? filter(call) : tensor(call);
            int[] x = (form == Form.DATA ? third : first).dims();
            int[] w = (form == Form.FORWARD ? second : form == Form.DATA ? first : third).dims();
            int[] y = (form == Form.FORWARD ? third : second).dims();
            shape = settings.plain.shape(x, w, y);
            Status.BAD_PARAM.unless(shape.groups() == settings.groups, x[1] + " channels, filters of " + w[1] + ", " + settings.groups
                    + " groups");
            for (Legacy.Operand operand : List.of(first, second, third)) {
                Status.NOT_SUPPORTED_DATA_TYPE.unless(Types.isReal(operand.tensor().type()), "a convolution of " + operand.tensor().type());
                if (addresses) {
                    operand.present();
                }
            }
            return this;
        }

        private Legacy.Operand tensor(Legacy.Call call) {
            return new Legacy.Operand(call.descriptor(Tensor.class), addresses ? call.i64() : 0);
        }

        private Legacy.Operand filter(Legacy.Call call) {
            return new Legacy.Operand(call.descriptor(LegacyTensors.Filter.class).tensor(), addresses ? call.i64() : 0);
        }

        /** The algorithms that take this convolution, the fastest first. */
        List<Integer> algorithms() {
            boolean plain = Arrays.stream(settings.plain.strides()).allMatch(one -> one == 1)
                    && Arrays.stream(settings.plain.dilations()).allMatch(one -> one == 1) && settings.plain.pads().length == 2;
            boolean packed = first.tensor().isPacked() && second.tensor().isPacked() && third.tensor().isPacked();
            List<Integer> found = new ArrayList<>(form.general);
            if (plain && packed && Arrays.equals(shape.filter(), WINOGRAD_FILTER)) {
                found.addAll(0, form.winograd);
            }
            if (plain && packed && Tensor.count(shape.filter()) > 1) {
                found.addAll(form.fourier);
            }
            return found;
        }

        int known(int algorithm) {
            Status.NOT_SUPPORTED.unless(algorithms().contains(algorithm), "algorithm " + algorithm + " for this convolution");
            return algorithm;
        }

        /** Algorithm 0 works in place, the others lay out windows. */
        long workspace(int algorithm) {
            int taps = shape.c() / shape.groups() * Tensor.count(shape.filter());
            return algorithm == 0 ? 0 : (long) taps * Tensor.count(shape.out()) * Float.BYTES;
        }

        /** The product; the default mathematics of cuDNN takes TF32 where the GPU has it. */
        float[] product(float[] one, float[] other, int capability) {
            boolean rounds = first.tensor().type() == DataType.F32 && settings.math != FMA && capability >= AMPERE;
            float[] left = rounds ? rounded(one) : one;
            float[] right = rounds ? rounded(other) : other;
            return switch (form) {
                case FORWARD -> shape.forward(left, right);
                case DATA -> shape.backwardData(right, left);
                case FILTER -> shape.backwardFilter(left, right);
            };
        }

        private static float[] rounded(float[] values) {
            float[] made = new float[values.length];
            for (int i = 0; i < made.length; i++) {
                made[i] = Halves.toTf32(values[i]);
            }
            return made;
        }
    }

    /** Answers the algorithms, the fastest first, as an array of cudnnConvolution*AlgoPerf_t. */
    private void algorithms(Legacy.Call call, Form form, boolean addresses) {
        call.session();
        Parts parts = new Parts(call, form, addresses).end(call);
        int room = call.i32();
        Status.BAD_PARAM.unless(room > 0, "room for " + room + " algorithms");
        List<Integer> algorithms = parts.algorithms();
        int count = Math.min(room, algorithms.size());
        ByteBuffer found = ByteBuffer.allocate(count * PERFORMANCE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int algorithm = algorithms.get(i);
            int at = i * PERFORMANCE_BYTES;
            found.putInt(at, algorithm);
            found.putFloat(at + 8, FASTEST_MILLISECONDS * (i + 1));
            found.putLong(at + 16, parts.workspace(algorithm));
            found.putInt(at + 24, form.repeatable(algorithm) ? 1 : 0);
            found.putInt(at + 28, parts.settings.math);
        }
        call.answers(count);
        call.place(found.array());
    }

    private void perform(Legacy.Call call, Form form) {
        Session session = call.session();
        float alpha = call.scalar();
        Parts parts = new Parts(call, form, true);
        int algorithm = call.i32();
        long workspace = call.i64();
        long room = call.i64();
        float beta = call.scalar();
        parts.end(call);
        long needed = parts.workspace(parts.known(algorithm));
        Status.BAD_PARAM_SIZE_INSUFFICIENT.unless(needed == 0 || workspace != 0 && room >= needed, "a workspace of " + room
                + " bytes, algorithm " + algorithm + " needs " + needed);
        int capability = legacy.capability();
        call.submit(session, turn -> {
            View view = legacy.view();
            if (needed > 0) {
                view.fill(turn, workspace, GARBAGE, 1, needed);
            }
            float[] made = parts.product(parts.first.read(view, turn), parts.second.read(view, turn), capability);
            parts.third.blend(view, turn, made, alpha, beta);
        });
    }

    private void fused(Legacy.Call call) {
        Session session = call.session();
        float alpha1 = call.scalar();
        Parts parts = new Parts(call, Form.FORWARD, true);
        int algorithm = call.i32();
        long workspace = call.i64();
        long room = call.i64();
        float alpha2 = call.scalar();
        Legacy.Operand z = call.operand();
        Legacy.Operand bias = call.operand().present();
        LegacyLayers.Activation activation = call.descriptor(LegacyLayers.Activation.class);
        parts.end(call);
        int[] dims = parts.third.dims();
        Status.BAD_PARAM.unless(Arrays.equals(z.dims(), dims) && Shapes.fits(bias.dims(), dims), "z and bias do not go with y");
        Status.NOT_SUPPORTED.unless(activation.mode() == LegacyLayers.RELU || activation.mode() == LegacyLayers.IDENTITY,
                "activation " + activation.mode());
        long needed = parts.workspace(parts.known(algorithm));
        Status.BAD_PARAM_SIZE_INSUFFICIENT.unless(needed == 0 || workspace != 0 && room >= needed, "a workspace of " + room + " bytes");
        int capability = legacy.capability();
        call.submit(session, turn -> {
            View view = legacy.view();
            float[] made = parts.product(parts.first.read(view, turn), parts.second.read(view, turn), capability);
            float[] added = alpha2 == 0 ? null : z.present().read(view, turn);
            float[] shifts = Shapes.repeat(bias.read(view, turn), bias.dims(), dims);
            for (int i = 0; i < made.length; i++) {
                made[i] = alpha1 * made[i] + (added == null ? 0 : alpha2 * added[i]) + shifts[i];
            }
            parts.third.blend(view, turn, activation.function().apply(made), 1, 0);
        });
    }
}
