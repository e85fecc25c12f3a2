package org.jengine.kernels;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Softmax and cross-entropy in one pass over {@code logits real[batch, classes]} and {@code labels I32[batch]} (Bridle 1990; Keras:
 * {@code CategoricalCrossentropy(from_logits=True)}, label smoothing after Szegedy et al., arXiv 1512.00567).
 *
 * <p>The rows that hold an image, {@code valid = min(batch, total - clock[STEP] * stride)}, count; the others give zeros, whatever
 * their label. The label of a row that counts must lie in {@code 0 .. classes - 1}.
 *
 * <p>{@code record F32[2 * steps]} collects an epoch: {@code record[2 * step]} becomes the sum of the losses of the rows that count,
 * {@code record[2 * step + 1]} the number of them whose largest logit, the first among equals, is the label's. Other elements stay.
 */
public final class SoftmaxXent {
    /** A power of two, so that halves can be added to halves. */
    private static final int THREADS = 256;
    /** As many as a batch has rows, on a GPU. */
    private static final int THREADS_OF_GPU = 128;
    /** What a row does besides its sums: difference, exponential and logarithm of two roundings each, quotient. */
    private static final int ROUNDINGS = 6;


    private SoftmaxXent() {
    }

    /**
     * {@code softmax_xent_<real>}: {@code dlogits = (softmax(logits) - target) / valid}, the gradient of the mean loss, with
     * {@code target = (1 - smoothing) * onehot + smoothing / classes} and {@code loss = -sum(target * log softmax(logits))}.
     */
    public static KernelDef train(DType real) {
        return new Train(real);
    }

    /** {@code softmax_xent_fwd_<real>}: {@code probabilities F32[batch, classes] = softmax(logits)}; the loss has no smoothing. */
    public static KernelDef eval(DType real) {
        return new Eval(real);
    }

    private record Train(DType real) implements KernelDef {
        private Train {
            Real.require("softmax_xent", real);
        }

        @Override
        public String entry() {
            return Real.entry("softmax_xent", real);
        }

        @Override
        public Map<String, String> constants() {
            return constants(Target.PORTABLE);
        }

        @Override
        public Map<String, String> constants(Target target) {
            return block(target);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dlogits", real), Param.inout("record", DType.F32),
                    Param.in("logits", real), Param.in("labels", DType.I32), Param.in("clock", DType.I32),
                    Param.size("total"), Param.size("stride"), Param.size("batch"), Param.size("classes"), Param.scalar("smoothing"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return SoftmaxXent.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return grid(sizes, Target.PORTABLE);
        }

        @Override
        public Grid grid(Args sizes, Target target) {
            return oneBlock(target);
        }

        @Override
        public void reference(Args a) {
            int valid = Rows.valid(a);
            int classes = a.size("classes");
            double smoothing = a.scalar("smoothing");
            double loss = 0;
            int right = 0;
            for (int i = 0; i < a.size("batch"); i++) {
                double[] logSoftmax = logSoftmax(a, i);
                int label = a.data("labels").getInt(i);
                for (int c = 0; c < classes; c++) {
                    double target = (c == label ? 1 - smoothing : 0) + smoothing / classes;
                    double gradient = (Math.exp(logSoftmax[c]) - target) / valid;
                    a.data("dlogits").set(i * classes + c, i < valid ? gradient : 0);
                    loss -= i < valid ? target * logSoftmax[c] : 0;
                }
                right += i < valid && argmax(logSoftmax) == label ? 1 : 0;
            }
            record(a, loss, right);
        }

        @Override
        public List<Case> cases() {
            return List.of(
                    new Setting("batch1", 5, 1, 1, 10, 2, 0, 1).make(this),
                    new Setting("batch127", 300, 127, 127, 10, 1, 0, 1).make(this),
                    new Setting("batch128_smoothing", 300, 128, 128, 10, 1, 0.1, 1).make(this),
                    new Setting("masked_tail", 330, 128, 128, 10, 2, 0, 1).make(this),
                    new Setting("masked_tail_smoothing", 330, 128, 128, 10, 2, 0.1, 1).make(this),
                    new Setting("short_tail", 330, 128, 74, 10, 2, 0.1, 1).make(this),
                    new Setting("more_rows_than_threads", 1003, 1003, 1003, 3, 0, 0, 1).make(this),
                    new Setting("classes33", 100, 33, 33, 33, 1, 0.1, 1).make(this),
                    new Setting("wide_logits", 100, 33, 33, 10, 1, 0.1, 30).make(this),
                    new Setting("ties", 100, 33, 33, 10, 1, 0, 0).make(this));
        }
    }

    private record Eval(DType real) implements KernelDef {
        private Eval {
            Real.require("softmax_xent_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("softmax_xent_fwd", real);
        }

        @Override
        public Map<String, String> constants() {
            return constants(Target.PORTABLE);
        }

        @Override
        public Map<String, String> constants(Target target) {
            return block(target);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("probabilities", DType.F32), Param.inout("record", DType.F32),
                    Param.in("logits", real), Param.in("labels", DType.I32), Param.in("clock", DType.I32),
                    Param.size("total"), Param.size("stride"), Param.size("batch"), Param.size("classes"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return SoftmaxXent.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return grid(sizes, Target.PORTABLE);
        }

        @Override
        public Grid grid(Args sizes, Target target) {
            return oneBlock(target);
        }

        @Override
        public void reference(Args a) {
            int valid = Rows.valid(a);
            int classes = a.size("classes");
            double loss = 0;
            int right = 0;
            for (int i = 0; i < a.size("batch"); i++) {
                double[] logSoftmax = logSoftmax(a, i);
                for (int c = 0; c < classes; c++) {
                    a.data("probabilities").set(i * classes + c, i < valid ? Math.exp(logSoftmax[c]) : 0);
                }
                if (i < valid) {
                    int label = a.data("labels").getInt(i);
                    loss -= logSoftmax[label];
                    right += argmax(logSoftmax) == label ? 1 : 0;
                }
            }
            record(a, loss, right);
        }

        @Override
        public List<Case> cases() {
            return List.of(
                    new Setting("batch1", 5, 1, 1, 10, 2, 0, 1).make(this),
                    new Setting("batch127", 300, 127, 127, 10, 1, 0, 1).make(this),
                    new Setting("batch128", 300, 128, 128, 10, 1, 0, 1).make(this),
                    new Setting("masked_tail", 330, 128, 128, 10, 2, 0, 1).make(this),
                    new Setting("short_tail", 330, 128, 74, 10, 2, 0, 1).make(this),
                    new Setting("more_rows_than_threads", 1003, 1003, 1003, 3, 0, 0, 1).make(this),
                    new Setting("classes33", 100, 33, 33, 33, 1, 0, 1).make(this),
                    new Setting("wide_logits", 100, 33, 33, 10, 1, 0, 30).make(this),
                    new Setting("ties", 100, 33, 33, 10, 1, 0, 0).make(this));
        }
    }

    private static long elements(String buffer, Args sizes) {
        return switch (buffer) {
            case "record" -> 2 * steps(sizes.size("total"), sizes.size("stride"));
            case "labels" -> sizes.size("batch");
            case "clock" -> Clock.COUNT;
            default -> sizes.product("batch", "classes");
        };
    }

    /** Steps of an epoch. */
    private static long steps(int total, int stride) {
        return (total + stride - 1L) / stride;
    }

    /** One block and one thread per row at a time: the sums over the batch then have one order, and the record one writer. */
    private static Grid oneBlock(Target target) {
        return new Grid(1, 1, 1, threads(target));
    }

    private static Map<String, String> block(Target target) {
        return Map.of("BLOCK_THREADS", Integer.toString(threads(target)));
    }

    private static int threads(Target target) {
        return target == Target.PORTABLE ? THREADS : THREADS_OF_GPU;
    }

    private static double[] logSoftmax(Args a, int row) {
        int classes = a.size("classes");
        double[] z = new double[classes];
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            z[c] = a.data("logits").get(row * classes + c);
            max = Math.max(max, z[c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += Math.exp(z[c] - max);
        }
        for (int c = 0; c < classes; c++) {
            z[c] -= max + Math.log(sum);
        }
        return z;
    }

    /** The place of the largest, the first among equals. */
    private static int argmax(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static void record(Args a, double loss, int right) {
        a.data("record").set(2 * Clock.step(a), loss);
        a.data("record").set(2 * Clock.step(a) + 1, right);
    }

    /** One case; a deviation of 0 stands for logits of 0 and 1 only, where many are the largest. */
    private record Setting(String name, int total, int stride, int batch, int classes, int step, double smoothing, double deviation) {
        Case make(KernelDef def) {
            return new Case(name, Math.max(batch, classes) + ROUNDINGS, random -> args(def, random));
        }

        private Args args(KernelDef def, SplittableRandom random) {
            Param out = def.params().get(0);
            DType real = def.params().get(2).type();
            int valid = Math.min(batch, total - step * stride);
            Data labels = Fill.below(DType.I32, batch, random, classes);
            for (int i = valid; i < batch; i++) {
                labels.set(i, -1);
            }
            Args.Builder args = Args.of(def)
                    .out(out.name(), batch * classes)
                    .data("record", Fill.uniform(DType.F32, (int) (2 * steps(total, stride)), random, 0.1, 0.9))
                    .data("logits", deviation == 0 ? Fill.below(real, batch * classes, random, 2)
                            : Fill.normal(real, batch * classes, random, deviation))
                    .data("labels", labels).data("clock", Fill.clock(step, 99, 39_000 + step))
                    .size("total", total).size("stride", stride).size("batch", batch).size("classes", classes);
            return (def instanceof Train ? args.scalar("smoothing", smoothing) : args).build();
        }
    }
}
