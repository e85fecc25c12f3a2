package org.jengine.bench.peers;

import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jengine.cifar.cli.Version;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.blast.CLBlast;
import org.jocl.blast.CLBlastLayout;
import org.jocl.blast.CLBlastTranspose;

/**
 * Our matrix products against CLBlast's SGEMM on one OpenCL device: the dense layers of {@code mlp} and the convolutions of
 * {@code deep-cnn}, both gradients included. Ours do whole operations of a layer, with bias and the turning of weights. CLBlast is given
 * the matrix of image patches (im2col) ready made and need not add up the patches of a data gradient: neither is in its time. Results are
 * compared first, then both are timed in turn, by the host's clock around several launches and the wait for them.
 *
 * <p>Java runs this file as it is, with the runnable jar and jocl-blast on the class path, and the arguments
 * {@code [DEVICE [ROUNDS [BATCH]]]}.
 */
public final class AgainstClBlast {
    private static final double SAMPLE_SECONDS = 0.03;
    private static final double TOLERANCE = 1e-4;
    private static final String ROW = "%-38s %8s %6s %7s %10s %10s  %-22s %8s%n";

    private final Device device;
    private final int rounds;
    private final PrintStream out;
    private final cl_context context;
    private final cl_command_queue queue;

    /** A row-major product {@code C[m, n] = A B}, of which {@code A} or {@code B} may be stored turned. */
    private record Gemm(int m, int n, int k, boolean turnA, boolean turnB) {
    }

    /** Lays out and binds our operation; the slices are the result, {@code a} and {@code b}. */
    private interface Ours {
        Launch bind(Library library, Slice result, Slice a, Slice b, Slice vector);
    }

    /** What comes between our numbers and CLBlast's. */
    private interface Turn {
        float[] of(float[] values);
    }

    /** @param number of the device, as {@code PLATFORM.DEVICE} */
    @SuppressWarnings("deprecation")
    private AgainstClBlast(Device device, String number, int rounds, PrintStream out) {
        this.device = device;
        this.rounds = rounds;
        this.out = out;
        CL.setExceptionsEnabled(true);
        CLBlast.setExceptionsEnabled(true);
        int platform = Integer.parseInt(number.split("\\.")[0]);
        int which = Integer.parseInt(number.split("\\.")[1]);
        cl_platform_id[] platforms = new cl_platform_id[platform + 1];
        CL.clGetPlatformIDs(platforms.length, platforms, null);
        cl_device_id[] devices = new cl_device_id[which + 1];
        CL.clGetDeviceIDs(platforms[platform], CL.CL_DEVICE_TYPE_ALL, devices.length, devices, null);
        context = CL.clCreateContext(null, 1, new cl_device_id[] {devices[which]}, null, null, null);
        queue = CL.clCreateCommandQueue(context, devices[which], 0, null);
    }

    /** Compares on the device named, or the first of OpenCL's. */
    public static void main(String... args) {
        String name = args.length > 0 ? args[0] : "opencl";
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
        int batch = args.length > 2 ? Integer.parseInt(args[2]) : 128;
        compare(name, rounds, batch, true, System.out);
    }

    /**
     * Prints a line for each product.
     *
     * @param convolutions whether to compare those, too
     * @throws IllegalStateException if the results differ
     */
    static void compare(String name, int rounds, int batch, boolean convolutions, PrintStream out) {
        try (Device device = Devices.open(name, DeviceRequest.first())) {
            String id = device.info().id();
            AgainstClBlast against = new AgainstClBlast(device, id.substring(id.indexOf(':') + 1), rounds, out);
            out.println(id + "  " + device.info().name() + "  " + device.info().details() + "  jengine " + Version.release() + ", commit "
                    + Version.commit() + "  CLBlast of jocl-blast 1.5.2");
            out.println("batch " + batch + ", fp32; medians of " + rounds + " samples, in turn; a ratio above 1: ours is faster");
            out.printf(Locale.ROOT, ROW, "product", "m", "n", "k", "ours ms", "CLBlast ms", "ratio (least to most)", "differ");
            try {
                for (int[] layer : new int[][] {{3072, 128}, {128, 128}, {128, 10}}) {
                    against.dense(batch, layer[0], layer[1]);
                }
                int height = 32;
                int channels = 3;
                for (int filters : convolutions ? new int[] {32, 64, 128} : new int[0]) {
                    against.conv(new ConvSpec(batch, height, height, channels, filters, 3, 3, 1, DType.F32, Activation.NONE,
                            Activation.NONE));
                    against.conv(new ConvSpec(batch, height, height, filters, filters, 1, 1, 0, DType.F32, Activation.NONE,
                            Activation.NONE));
                    height /= 2;
                    channels = filters;
                }
            } finally {
                CL.clReleaseCommandQueue(against.queue);
                CL.clReleaseContext(against.context);
            }
        }
    }

    private void dense(int batch, int in, int features) {
        DenseSpec s = new DenseSpec(batch, in, features, DType.F32, Activation.NONE, Activation.NONE);
        Turn same = values -> values;
        String at = " " + in + " -> " + features;
        compare("dense forward" + at, new Gemm(batch, features, in, false, false), features, s.y(), s.x(), s.weights(),
                (l, y, x, w, b) -> l.dense(s).forward(y, x, w, b), same, same);
        compare("dense data gradient" + at, new Gemm(batch, in, features, false, true), features, s.x(), s.y(), s.weights(),
                (l, dx, dy, w, b) -> l.dense(s).backwardData(dx, dy, w, dx), same, same);
        compare("dense weight gradient" + at, new Gemm(in, features, batch, true, false), features, s.weights(), s.x(), s.y(),
                (l, dw, x, dy, db) -> l.dense(s).backwardWeights(dw, db, x, dy), same, same);
    }

    private void conv(ConvSpec s) {
        int rows = s.n() * s.y().dim(1) * s.y().dim(2);
        int each = s.r() * s.s() * s.c();
        String at = " " + s.h() + "x" + s.w() + "x" + s.c() + " " + s.k() + " of " + s.r() + "x" + s.s();
        Turn same = values -> values;
        compare("forward" + at, new Gemm(rows, s.k(), each, false, true), s.k(), s.y(), s.x(), s.weights(),
                (l, y, x, w, b) -> l.conv(s).forward(y, x, w, b), x -> patches(s, x, true), same);
        compare("data gradient" + at, new Gemm(rows, each, s.k(), false, false), s.k(), s.x(), s.y(), s.weights(),
                (l, dx, dy, w, b) -> l.conv(s).backwardData(dx, dy, w, dx), same, columns -> patches(s, columns, false));
        // dw[k, rsc] is dy turned times the patches; our operation takes the patches' images first.
        compare("weight gradient" + at, new Gemm(each, s.k(), rows, true, false), s.k(), s.weights(), s.x(), s.y(),
                (l, dw, x, dy, db) -> l.conv(s).backwardWeights(dw, db, x, dy), x -> patches(s, x, true),
                turned -> turned(turned, each, s.k()));
    }

    /** Images to patches, a row for each pixel of the result; or patches added up to images. */
    private static float[] patches(ConvSpec s, float[] from, boolean toPatches) {
        int outHeight = s.y().dim(1);
        int outWidth = s.y().dim(2);
        long count = toPatches ? (long) s.n() * outHeight * outWidth * s.r() * s.s() * s.c() : s.x().count();
        float[] to = new float[Math.toIntExact(count)];
        int at = 0;
        for (int pixel = 0; pixel < s.n() * outHeight * outWidth; pixel++) {
            int image = pixel / (outHeight * outWidth);
            for (int tap = 0; tap < s.r() * s.s(); tap++) {
                int row = pixel / outWidth % outHeight + tap / s.s() - s.pad();
                int col = pixel % outWidth + tap % s.s() - s.pad();
                boolean inside = row >= 0 && row < s.h() && col >= 0 && col < s.w();
                int first = ((image * s.h() + row) * s.w() + col) * s.c();
                for (int c = 0; c < s.c() && inside; c++) {
                    if (toPatches) {
                        to[at + c] = from[first + c];
                    } else {
                        to[first + c] += from[at + c];
                    }
                }
                at += s.c();
            }
        }
        return to;
    }

    private static float[] turned(float[] from, int rows, int cols) {
        float[] to = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i % cols * rows + i / cols] = from[i];
        }
        return to;
    }

    /**
     * One product.
     *
     * @param vector elements of the bias or of its gradient
     * @param prepare makes CLBlast's left matrix of our first input
     * @param finish  makes our result of CLBlast's
     */
    private void compare(String name, Gemm g, int vector, Shape result, Shape a, Shape b, Ours ours, Turn prepare, Turn finish) {
        float[] left = random(a, 1);
        float[] right = random(b, 2);
        float[] patches = prepare.of(left);
        List<cl_mem> memory = List.of(buffer(patches), buffer(right), buffer(new float[Math.multiplyExact(g.m, g.n)]));
        try (Arena arena = device.arena("product"); Stream stream = device.stream("product")) {
            Slice y = arena.take("result", result, DType.F32);
            Slice first = arena.take("a", a, DType.F32);
            Slice second = arena.take("b", b, DType.F32);
            Launch launch = ours.bind(device.library(arena, Numerics.EXACT), y, first, second,
                    arena.take("vector", Shape.of(vector), DType.F32));
            arena.seal();
            copyIn(stream, first, left);
            copyIn(stream, second, right);
            Runnable own = () -> launch.on(stream);
            Runnable theirs = () -> sgemm(g, memory);
            Runnable finished = () -> CL.clFinish(queue);
            own.run();
            theirs.run();
            finished.run();
            double differ = difference(name, copyOut(stream, y), finish.of(read(memory.get(2), g.m * g.n)));
            int ownLaunches = launches(own, stream::synchronize);
            int theirLaunches = launches(theirs, finished);
            List<Double> ownSeconds = new ArrayList<>();
            List<Double> theirSeconds = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                ownSeconds.add(seconds(own, stream::synchronize, ownLaunches));
                theirSeconds.add(seconds(theirs, finished, theirLaunches));
                ratios.add(theirSeconds.get(i) / ownSeconds.get(i));
            }
            out.printf(Locale.ROOT, ROW, name, g.m, g.n, g.k, format("%.3f", 1e3 * median(ownSeconds)),
                    format("%.3f", 1e3 * median(theirSeconds)), format("%.2f (%.2f to %.2f)", median(ratios),
                            ratios.stream().min(Double::compare).orElseThrow(), ratios.stream().max(Double::compare).orElseThrow()),
                    format("%.0e", differ));
        } finally {
            memory.forEach(CL::clReleaseMemObject);
        }
    }

    private void sgemm(Gemm g, List<cl_mem> m) {
        CLBlast.CLBlastSgemm(CLBlastLayout.CLBlastLayoutRowMajor, turn(g.turnA), turn(g.turnB), g.m, g.n, g.k, 1,
                m.get(0), 0, g.turnA ? g.m : g.k, m.get(1), 0, g.turnB ? g.k : g.n, 0, m.get(2), 0, g.n, queue, null);
    }

    private static int turn(boolean turned) {
        return turned ? CLBlastTranspose.CLBlastTransposeYes : CLBlastTranspose.CLBlastTransposeNo;
    }

    /** How many make a sample. */
    private static int launches(Runnable launch, Runnable wait) {
        double least = Math.min(seconds(launch, wait, 1), seconds(launch, wait, 1));
        return (int) Math.max(1, Math.ceil(SAMPLE_SECONDS / least));
    }

    /** Seconds of one of so many. */
    private static double seconds(Runnable launch, Runnable wait, int launches) {
        long start = System.nanoTime();
        for (int i = 0; i < launches; i++) {
            launch.run();
        }
        wait.run();
        return (System.nanoTime() - start) * 1e-9 / launches;
    }

    /** The largest difference, as a share of the largest number. */
    private static double difference(String name, float[] ours, float[] theirs) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < ours.length; i++) {
            largest = Math.max(largest, Math.abs(theirs[i]));
            difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
        }
        if (ours.length != theirs.length || !(difference <= TOLERANCE * largest) || largest == 0) {
            throw new IllegalStateException(name + ": results differ by " + difference + " where the largest is " + largest);
        }
        return difference / largest;
    }

    private static float[] random(Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(shape.count())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() - 0.5);
        }
        return values;
    }

    private cl_mem buffer(float[] values) {
        return CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE | CL.CL_MEM_COPY_HOST_PTR, 4L * values.length, Pointer.to(values), null);
    }

    private float[] read(cl_mem memory, int count) {
        float[] values = new float[count];
        CL.clEnqueueReadBuffer(queue, memory, true, 0, 4L * count, Pointer.to(values), 0, null, null);
        return values;
    }

    private void copyIn(Stream stream, Slice slice, float[] values) {
        try (HostBuffer host = device.pinned(slice.name(), slice.bytes())) {
            host.bytes().asFloatBuffer().put(values);
            stream.copyIn(slice, host);
            stream.synchronize();
        }
    }

    private float[] copyOut(Stream stream, Slice slice) {
        try (HostBuffer host = device.pinned(slice.name(), slice.bytes())) {
            stream.copyOut(host, slice);
            stream.synchronize();
            FloatBuffer floats = host.bytes().asFloatBuffer();
            float[] values = new float[floats.remaining()];
            floats.get(values);
            return values;
        }
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static String format(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }
}
