package org.jengine.softcuda.dnn;

import java.util.Arrays;
import org.jengine.softcuda.wire.CallTable;

/** Descriptors of tensors and filters, and the calls that add, copy, combine and reduce tensors. */
final class LegacyTensors {
    private static final int NCHW = 0;
    private static final int NHWC = 1;
    private static final int NCHW_VECT_C = 2;
    private static final int LEAST_DIMENSIONS = 2;
    private static final int LEAST_OF_FILTERS = 3;
    private static final int MOST_DIMENSIONS = 8;
    private static final int FOUR = 4;
    /** bfloat16: the later types are the graph interface's alone. */
    private static final int LAST_TYPE = 9;
    private static final int FIRST_INDEX_TYPE = 0;
    private static final int LAST_INDEX_TYPE = 3;
    /** cudnnOpTensorOp_t from ADD on as cudnnPointwiseMode_t has them; the last is 1 - x. */
    private static final int[] POINTWISE = {Pointwise.ADD, Pointwise.MUL, 2, 3, 4};
    private static final int NOT = 5;

    private final Legacy legacy;

    LegacyTensors(Legacy legacy) {
        this.legacy = legacy;
    }

    /** A filter: K, C and spatial sizes, and how they lie. */
    record Filter(Tensor tensor, int format) {
    }

    private record Combination(int operator, int compute, int nan) {
    }

    private record Gathering(int operator, int compute, int nan, int indices, int indexType) {
    }

    void provide(CallTable calls) {
        for (String kind : new String[] {"Tensor", "Filter", "OpTensor", "ReduceTensor"}) {
            legacy.kind(calls, kind);
        }
        tensors(calls);
        filters(calls);
        legacy.add(calls, "cudnnSetOpTensorDescriptor", call -> {
            long id = call.target();
            Combination made = new Combination(call.i32(), call.i32(), call.i32());
            Status.BAD_PARAM.unless(made.operator >= 0 && made.operator <= NOT, "operator " + made.operator);
            computed(made.compute, made.nan);
            call.set(id, made);
        });
        legacy.add(calls, "cudnnGetOpTensorDescriptor", call -> {
            Combination from = call.descriptor(Combination.class);
            call.answers(from.operator, from.compute, from.nan);
        });
        legacy.add(calls, "cudnnSetReduceTensorDescriptor", call -> {
            long id = call.target();
            Gathering made = new Gathering(call.i32(), call.i32(), call.i32(), call.i32(), call.i32());
            Status.BAD_PARAM.unless(made.operator >= 0 && made.operator <= Reduction.LAST, "operator " + made.operator);
            computed(made.compute, made.nan);
            Status.BAD_PARAM.unless((made.indices == 0 || made.indices == 1) && made.indexType >= FIRST_INDEX_TYPE
                    && made.indexType <= LAST_INDEX_TYPE, "indices " + made.indices + " of type " + made.indexType);
            Status.NOT_SUPPORTED.unless(made.indices == 0, "a reduction with indices");
            call.set(id, made);
        });
        legacy.add(calls, "cudnnGetReduceTensorDescriptor", call -> {
            Gathering from = call.descriptor(Gathering.class);
            call.answers(from.operator, from.compute, from.nan, from.indices, from.indexType);
        });
        legacy.add(calls, "cudnnGetReductionIndicesSize", call -> call.answer(Dnn.bytes(0L)));
        legacy.add(calls, "cudnnGetReductionWorkspaceSize", call -> {
            call.session();
            call.descriptor(Gathering.class);
            call.answer(Dnn.bytes(call.descriptor(Tensor.class).bytes()));
        });
        legacy.add(calls, "cudnnAddTensor", call -> {
            Session session = call.session();
            float alpha = call.scalar();
            Legacy.Operand from = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand to = call.operand().present();
            Status.BAD_PARAM.unless(Shapes.fits(from.dims(), to.dims()), "a tensor " + from.tensor() + " added to " + to.tensor());
            call.submit(session, turn -> to.blend(legacy.view(), turn,
                    Shapes.repeat(from.read(legacy.view(), turn), from.dims(), to.dims()), alpha, beta));
        });
        legacy.add(calls, "cudnnTransformTensor", call -> {
            Session session = call.session();
            float alpha = call.scalar();
            Legacy.Operand from = call.operand().present();
            float beta = call.scalar();
            Legacy.Operand to = call.operand().present();
            Status.BAD_PARAM.unless(Arrays.equals(from.dims(), to.dims()), "a tensor " + from.tensor() + " copied to " + to.tensor());
            call.submit(session, turn -> to.blend(legacy.view(), turn, from.read(legacy.view(), turn), alpha, beta));
        });
        legacy.add(calls, "cudnnOpTensor", this::combine);
        legacy.add(calls, "cudnnReduceTensor", this::reduce);
        legacy.add(calls, "cudnnSetTensor", call -> {
            Session session = call.session();
            Legacy.Operand to = call.operand().present();
            float[] values = new float[to.tensor().count()];
            Arrays.fill(values, call.scalar());
            call.submit(session, turn -> to.blend(legacy.view(), turn, values, 1, 0));
        });
        legacy.add(calls, "cudnnScaleTensor", call -> {
            Session session = call.session();
            Legacy.Operand to = call.operand().present();
            float alpha = call.scalar();
            call.submit(session, turn -> to.blend(legacy.view(), turn, to.read(legacy.view(), turn), alpha, 0));
        });
    }

    /** What is computed in is real, and not-a-numbers are passed on or not. */
    private static void computed(int type, int nan) {
        Status.BAD_PARAM.unless(type >= 0 && type <= 2 || type == LAST_TYPE, "computed in data type " + type);
        Legacy.requireNan(nan);
    }

    static int[] strides(int format, int... dims) {
        Status.BAD_PARAM.unless(format >= NCHW && format <= NCHW_VECT_C, "tensor format " + format);
        Status.NOT_SUPPORTED.unless(format != NCHW_VECT_C, "tensor format " + format);
        return format == NHWC ? Tensor.channelsLast(dims) : Tensor.packedStrides(dims);
    }

    private static Tensor tensor(int type, int[] dims, int[] strides) {
        Status.BAD_PARAM.unless(dims.length == strides.length, dims.length + " sizes, " + strides.length + " strides");
        Status.BAD_PARAM.unless(dims.length >= LEAST_DIMENSIONS, dims.length + " dimensions");
        Status.NOT_SUPPORTED.unless(dims.length <= MOST_DIMENSIONS, dims.length + " dimensions");
        Status.BAD_PARAM.unless(type >= 0 && type <= LAST_TYPE, "data type " + type);
        long reach = 1;
        for (int i = 0; i < dims.length; i++) {
            Status.BAD_PARAM.unless(dims[i] > 0 && (strides[i] > 0 || strides[i] == 0 && dims[i] == 1),
                    "sizes " + Arrays.toString(dims) + ", strides " + Arrays.toString(strides));
            reach += (dims[i] - 1L) * strides[i];
        }
        Status.NOT_SUPPORTED.unless(reach <= Integer.MAX_VALUE, "a tensor of 2^31 elements or more: " + Arrays.toString(dims));
        return new Tensor(Types.of(type, "a tensor"), dims, strides);
    }

    private void tensors(CallTable calls) {
        legacy.add(calls, "cudnnSetTensor4dDescriptor", call -> {
            long id = call.target();
            int format = call.i32();
            int type = call.i32();
            int[] dims = {call.i32(), call.i32(), call.i32(), call.i32()};
            call.set(id, tensor(type, dims, strides(format, dims)));
        });
        legacy.add(calls, "cudnnSetTensor4dDescriptorEx", call -> call.set(call.target(), tensor(call.i32(),
                new int[] {call.i32(), call.i32(), call.i32(), call.i32()}, new int[] {call.i32(), call.i32(), call.i32(), call.i32()})));
        legacy.add(calls, "cudnnGetTensor4dDescriptor", call -> {
            Tensor from = call.descriptor(Tensor.class);
            Status.BAD_PARAM.unless(from.dims().length == FOUR, "a tensor of " + from.dims().length + " dimensions");
            call.answers(Types.number(from.type()));
            call.answers(from.dims());
            call.answers(from.strides());
        });
        legacy.add(calls, "cudnnSetTensorNdDescriptor", call -> {
            long id = call.target();
            int type = call.i32();
            call.i32();
            call.set(id, tensor(type, call.ints(), call.ints()));
        });
        legacy.add(calls, "cudnnSetTensorNdDescriptorEx", call -> {
            long id = call.target();
            int format = call.i32();
            int type = call.i32();
            call.i32();
            int[] dims = call.ints();
            Status.BAD_PARAM.unless(dims.length >= LEAST_DIMENSIONS, dims.length + " dimensions");
            call.set(id, tensor(type, dims, strides(format, dims)));
        });
        legacy.add(calls, "cudnnGetTensorNdDescriptor", call -> {
            Tensor from = call.descriptor(Tensor.class);
            int room = Math.max(0, Math.min(call.i32(), from.dims().length));
            call.answers(Types.number(from.type()), from.dims().length);
            call.answer(Dnn.bytes(Arrays.copyOf(from.dims(), room)));
            call.answer(Dnn.bytes(Arrays.copyOf(from.strides(), room)));
        });
        legacy.add(calls, "cudnnGetTensorSizeInBytes", call -> call.answer(Dnn.bytes(call.descriptor(Tensor.class).bytes())));
    }

    private void filters(CallTable calls) {
        legacy.add(calls, "cudnnSetFilter4dDescriptor", call -> {
            long id = call.target();
            int type = call.i32();
            int format = call.i32();
            int[] dims = {call.i32(), call.i32(), call.i32(), call.i32()};
            call.set(id, new Filter(tensor(type, dims, strides(format, dims)), format));
        });
        legacy.add(calls, "cudnnGetFilter4dDescriptor", call -> {
            Filter from = call.descriptor(Filter.class);
            call.answers(Types.number(from.tensor.type()), from.format);
            call.answers(from.tensor.dims());
        });
        legacy.add(calls, "cudnnSetFilterNdDescriptor", call -> {
            long id = call.target();
            int type = call.i32();
            int format = call.i32();
            call.i32();
            int[] dims = call.ints();
            Status.BAD_PARAM.unless(dims.length >= LEAST_OF_FILTERS, dims.length + " dimensions");
            call.set(id, new Filter(tensor(type, dims, strides(format, dims)), format));
        });
        legacy.add(calls, "cudnnGetFilterNdDescriptor", call -> {
            Filter from = call.descriptor(Filter.class);
            int room = Math.max(0, Math.min(call.i32(), from.tensor.dims().length));
            call.answers(Types.number(from.tensor.type()), from.format, from.tensor.dims().length);
            call.answer(Dnn.bytes(Arrays.copyOf(from.tensor.dims(), room)));
        });
        legacy.add(calls, "cudnnGetFilterSizeInBytes", call -> call.answer(Dnn.bytes(call.descriptor(Filter.class).tensor.bytes())));
    }

    private void combine(Legacy.Call call) {
        Session session = call.session();
        Combination how = call.descriptor(Combination.class);
        float alpha1 = call.scalar();
        Legacy.Operand a = call.operand().present();
        float alpha2 = call.scalar();
        boolean two = how.operator < POINTWISE.length - 1;
        Tensor second = call.perhaps(Tensor.class);
        Legacy.Operand b = new Legacy.Operand(second, call.i64());
        float beta = call.scalar();
        Legacy.Operand c = call.operand().present();
        Status.BAD_PARAM.unless(Arrays.equals(a.dims(), c.dims()), "A " + a.tensor() + " and C " + c.tensor());
        Status.BAD_PARAM.unless(!two || second != null && b.address() != 0 && Shapes.fits(second.dims(), c.dims()), "B does not go with C");
        call.submit(session, turn -> {
            float[] first = scaled(a.read(legacy.view(), turn), alpha1);
            float[] made;
            if (how.operator == NOT) {
                made = new float[first.length];
                for (int i = 0; i < made.length; i++) {
                    made[i] = 1 - first[i];
                }
            } else if (two) {
                made = Pointwise.plain(POINTWISE[how.operator]).apply(first,
                        scaled(Shapes.repeat(b.read(legacy.view(), turn), second.dims(), c.dims()), alpha2));
            } else {
                made = Pointwise.plain(POINTWISE[how.operator]).apply(first);
            }
            c.blend(legacy.view(), turn, made, 1, beta);
        });
    }

    private static float[] scaled(float[] values, float factor) {
        float[] made = new float[values.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = factor * values[i];
        }
        return made;
    }

    private void reduce(Legacy.Call call) {
        Session session = call.session();
        Gathering how = call.descriptor(Gathering.class);
        call.i64();
        call.i64();
        long workspace = call.i64();
        long room = call.i64();
        float alpha = call.scalar();
        Legacy.Operand from = call.operand().present();
        float beta = call.scalar();
        Legacy.Operand to = call.operand().present();
        Status.BAD_PARAM.unless(Shapes.fits(to.dims(), from.dims()), "a tensor " + from.tensor() + " reduced to " + to.tensor());
        Status.BAD_PARAM_SIZE_INSUFFICIENT.unless(workspace != 0 && room >= from.tensor().bytes(), "a workspace of " + room + " bytes");
        call.submit(session, turn -> to.blend(legacy.view(), turn,
                Reduction.reduce(how.operator, from.read(legacy.view(), turn), from.dims(), to.dims()), alpha, beta));
    }
}
