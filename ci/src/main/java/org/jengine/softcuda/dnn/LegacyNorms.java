package org.jengine.softcuda.dnn;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jengine.softcuda.wire.CallTable;

/** Batch norms and dropout before the graph interface. */
final class LegacyNorms {
    private static final int PER_ACTIVATION = 0;
    private static final int PERSISTENT = 2;
    /** What cuDNN's generator states take on a large GPU. */
    private static final long STATE_BYTES = 1 << 20;

    private final Legacy legacy;

    LegacyNorms(Legacy legacy) {
        this.legacy = legacy;
    }

    /** @param seed of the next mask; it moves on with every forward call */
    private record Dropout(float rate, long states, long seed) {
    }

    void provide(CallTable calls) {
        legacy.kind(calls, "Dropout");
        legacy.add(calls, "cudnnDeriveBNTensorDescriptor", call -> {
            long id = call.target();
            int[] dims = derived(call.descriptor(Tensor.class).dims(), call.i32());
            call.set(id, Tensor.packed(org.jengine.softcuda.blas.DataType.F32, dims));
        });
        legacy.add(calls, "cudnnBatchNormalizationForwardInference", this::inference);
        legacy.add(calls, "cudnnBatchNormalizationForwardTraining", this::training);
        legacy.add(calls, "cudnnBatchNormalizationBackward", this::backward);
        legacy.add(calls, "cudnnDropoutGetStatesSize", call -> {
            call.session();
            call.answer(Dnn.bytes(STATE_BYTES));
        });
        legacy.add(calls, "cudnnDropoutGetReserveSpaceSize", call -> call.answer(Dnn.bytes((long) call.descriptor(Tensor.class).count())));
        legacy.add(calls, "cudnnSetDropoutDescriptor", call -> {
            long id = call.target();
            call.session();
            float rate = call.f32();
            long states = call.i64();
            long room = call.i64();
            Status.BAD_PARAM.unless(rate >= 0 && rate <= 1, "a rate of " + rate);
            Status.BAD_PARAM_SIZE_INSUFFICIENT.unless(states == 0 || room >= STATE_BYTES, "states of " + room + " bytes");
            call.set(id, new Dropout(rate, states, call.i64()));
        });
        legacy.add(calls, "cudnnDropoutForward", call -> dropout(call, true));
        legacy.add(calls, "cudnnDropoutBackward", call -> dropout(call, false));
    }

    private static int[] derived(int[] dims, int mode) {
        Status.BAD_PARAM.unless(mode >= PER_ACTIVATION && mode <= PERSISTENT, "batch norm mode " + mode);
        int[] made = dims.clone();
        for (int i = 0; i < made.length; i++) {
            made[i] = i == 0 || mode != PER_ACTIVATION && i != 1 ? 1 : dims[i];
        }
        return made;
    }

    private static Norm norm(int mode, Legacy.Operand x, Tensor parameters) {
        int[] wanted = derived(x.dims(), mode);
        Status.BAD_PARAM.unless(Arrays.equals(wanted, parameters.dims()), "parameters " + parameters + " for " + x.tensor());
        return new Norm(x.dims(), wanted, wanted, true);
    }

    private static void same(Legacy.Operand one, Legacy.Operand other) {
        Status.BAD_PARAM.unless(Arrays.equals(one.dims(), other.dims()), one.tensor() + " and " + other.tensor());
    }

    private static Legacy.Operand parameter(Legacy.Call call, Tensor how) {
        return new Legacy.Operand(how, call.i64());
    }

    private void inference(Legacy.Call call) {
        Session session = call.session();
        int mode = call.i32();
        float alpha = call.scalar();
        float beta = call.scalar();
        Legacy.Operand x = call.operand().present();
        Legacy.Operand y = call.operand().present();
        Tensor how = call.descriptor(Tensor.class);
        Legacy.Operand scale = parameter(call, how).present();
        Legacy.Operand bias = parameter(call, how).present();
        Legacy.Operand mean = parameter(call, how).present();
        Legacy.Operand variance = parameter(call, how).present();
        double epsilon = call.f64();
        same(x, y);
        Norm norm = norm(mode, x, how);
        call.submit(session, turn -> y.blend(legacy.view(), turn, norm.apply(x.read(legacy.view(), turn), mean.read(legacy.view(), turn),
                Norm.inverse(variance.read(legacy.view(), turn), epsilon), scale.read(legacy.view(), turn),
                bias.read(legacy.view(), turn)), alpha, beta));
    }

    private void training(Legacy.Call call) {
        Session session = call.session();
        int mode = call.i32();
        float alpha = call.scalar();
        float beta = call.scalar();
        Legacy.Operand x = call.operand().present();
        Legacy.Operand y = call.operand().present();
        Tensor how = call.descriptor(Tensor.class);
        Legacy.Operand scale = parameter(call, how).present();
        Legacy.Operand bias = parameter(call, how).present();
        double factor = call.f64();
        Legacy.Operand runningMean = parameter(call, how);
        Legacy.Operand runningVariance = parameter(call, how);
        double epsilon = call.f64();
        Legacy.Operand savedMean = parameter(call, how);
        Legacy.Operand savedInverse = parameter(call, how);
        same(x, y);
        Status.BAD_PARAM.unless(runningMean.address() == 0 == (runningVariance.address() == 0), "one running statistic without the other");
        Status.BAD_PARAM.unless(savedMean.address() == 0 == (savedInverse.address() == 0), "one saved statistic without the other");
        Norm norm = norm(mode, x, how);
        float unbiased = norm.shared() > 1 ? norm.shared() / (norm.shared() - 1f) : 1;
        call.submit(session, turn -> {
            var view = legacy.view();
            float[] data = x.read(view, turn);
            Norm.Statistics found = norm.statistics(data, epsilon);
            y.blend(view, turn, norm.apply(data, found.mean(), found.inverse(), scale.read(view, turn), bias.read(view, turn)), alpha,
                    beta);
            if (runningMean.address() != 0) {
                // What was there is not read where nothing of it is kept, as in a first step.
                boolean keeps = factor != 1;
                float[] none = new float[found.mean().length];
                runningMean.blend(view, turn,
                        NormNode.average(keeps ? runningMean.read(view, turn) : none, found.mean(), (float) factor, 1), 1, 0);
                runningVariance.blend(view, turn, NormNode.average(keeps ? runningVariance.read(view, turn) : none, found.variance(),
                        (float) factor, unbiased), 1, 0);
            }
            if (savedMean.address() != 0) {
                savedMean.blend(view, turn, found.mean(), 1, 0);
                savedInverse.blend(view, turn, found.inverse(), 1, 0);
            }
        });
    }

    private void backward(Legacy.Call call) {
        Session session = call.session();
        int mode = call.i32();
        float alpha = call.scalar();
        float beta = call.scalar();
        float parameterAlpha = call.scalar();
        float parameterBeta = call.scalar();
        Legacy.Operand x = call.operand().present();
        Legacy.Operand dy = call.operand().present();
        Legacy.Operand dx = call.operand().present();
        Tensor how = call.descriptor(Tensor.class);
        Legacy.Operand scale = parameter(call, how).present();
        Legacy.Operand dscale = parameter(call, how).present();
        Legacy.Operand dbias = parameter(call, how).present();
        double epsilon = call.f64();
        Legacy.Operand savedMean = parameter(call, how);
        Legacy.Operand savedInverse = parameter(call, how);
        same(x, dy);
        same(x, dx);
        Norm norm = norm(mode, x, how);
        boolean saved = savedMean.address() != 0;
        Status.BAD_PARAM.unless(saved == (savedInverse.address() != 0), "one saved statistic without the other");
        call.submit(session, turn -> {
            var view = legacy.view();
            float[] data = x.read(view, turn);
            Norm.Statistics found = saved ? null : norm.statistics(data, epsilon);
            Norm.Gradients made = norm.gradients(data, dy.read(view, turn), saved ? savedMean.read(view, turn) : found.mean(),
                    saved ? savedInverse.read(view, turn) : found.inverse(), scale.read(view, turn));
            dx.blend(view, turn, made.dx(), alpha, beta);
            dscale.blend(view, turn, made.dscale(), parameterAlpha, parameterBeta);
            dbias.blend(view, turn, made.dbias(), parameterAlpha, parameterBeta);
        });
    }

    /** The mask lies in the reserve space, a byte for each element. */
    private void dropout(Legacy.Call call, boolean forward) {
        Session session = call.session();
        long id = call.i64();
        Dropout how = call.find(id, Dropout.class, "Dropout");
        Legacy.Operand from = call.operand().present();
        Legacy.Operand to = call.operand().present();
        long reserve = call.i64();
        long room = call.i64();
        same(from, to);
        int count = from.tensor().count();
        Status.BAD_PARAM_SIZE_INSUFFICIENT.unless(reserve != 0 && room >= count, "a reserve space of " + room + " bytes");
        Status.BAD_PARAM.unless(how.states != 0 || how.rate == 0, "a dropout descriptor without states");
        if (forward) {
            call.set(id, new Dropout(how.rate, how.states, new SplittableRandom(how.seed).nextLong()));
        }
        call.submit(session, turn -> {
            byte[] mask;
            if (forward) {
                mask = new byte[count];
                SplittableRandom random = new SplittableRandom(how.seed);
                for (int i = 0; i < count; i++) {
                    mask[i] = (byte) (random.nextDouble() >= how.rate ? 1 : 0);
                }
                legacy.view().writeBytes(turn, reserve, mask);
            } else {
                mask = legacy.view().readBytes(turn, reserve, count);
            }
            float[] values = from.read(legacy.view(), turn).clone();
            for (int i = 0; i < count; i++) {
                values[i] = mask[i] == 0 ? 0 : values[i] / (1 - how.rate);
            }
            to.blend(legacy.view(), turn, values, 1, 0);
        });
    }
}
