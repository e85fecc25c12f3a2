package org.jengine.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.Copy;
import org.jengine.kernels.DType;
import org.jengine.kernels.FmaRate;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.Event;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** Times operations by the device's own clock, each in turn with the kernel that measures its roof. */
final class OpTimer implements AutoCloseable {
    /** About how long a sample lasts; shorter operations are launched several times in it. */
    static final double SAMPLE_SECONDS = 0.01;
    private static final int MOST_LAUNCHES = 1000;
    private static final int WARMUP = 3;
    /** Threads of the roof's kernel and turns of its chains: some milliseconds, on a GPU less, and enough threads to fill the device. */
    private static final int THREADS_ALONE = 64;
    private static final int THREADS_IN_BLOCKS = 1 << 19;
    private static final int TURNS_ALONE = 20_000;
    private static final int TURNS_IN_BLOCKS = 10_000;

    private final Device device;
    private final Numerics numerics;
    private final int samples;
    private final Stream stream;
    private final Event start;
    private final Event end;
    private final Buffers fmaBuffers;
    private Timed fma;

    /** A launch, how often it is repeated in a sample, and what one of it does. */
    private record Timed(Launch launch, int launches, double work, double seconds) {
        double rate() {
            return work / seconds;
        }
    }

    /** @param samples of each operation */
    OpTimer(Device device, Numerics numerics, int samples) {
        this.device = device;
        this.numerics = numerics;
        this.samples = samples;
        stream = device.stream("operations");
        start = device.event();
        end = device.event();
        fmaBuffers = new Buffers(device, numerics);
        boolean cpu = device.capabilities().contains(Capability.CPU);
        int threads = cpu ? THREADS_ALONE : THREADS_IN_BLOCKS;
        int turns = cpu ? TURNS_ALONE : TURNS_IN_BLOCKS;
        List<FmaRate> ways = cpu ? FmaRate.ALONE : FmaRate.BLOCKS;
        List<Launch> launches = ways.stream()
                .map(w -> fmaBuffers.bind(w, Map.of("count", threads, "turns", turns), Map.of())).toList();
        fmaBuffers.ready(stream);
        for (int i = 0; i < ways.size(); i++) {
            Timed timed = timed(launches.get(i), ways.get(i).flops(threads, turns));
            fma = fma == null || timed.rate() > fma.rate() ? timed : fma;
        }
    }

    /** Plans, warms up and measures. */
    OpTiming time(Op op) {
        try (Buffers buffers = new Buffers(device, numerics)) {
            Launch launch = op.plan().on(buffers);
            Launch copy = op.roof() == Op.Roof.FMA ? null : copy(op, buffers);
            buffers.ready(stream);
            Timed own = timed(launch, op.work());
            Timed roof = copy == null ? fma : timed(copy, 8.0 * copied(op));
            List<Double> seconds = new ArrayList<>();
            List<Double> roofSeconds = new ArrayList<>();
            for (int i = 0; i < samples; i++) {
                seconds.add(sample(own.launch, own.launches));
                roofSeconds.add(sample(roof.launch, roof.launches));
            }
            return new OpTiming(op, own.launches, seconds, roof.work, roofSeconds);
        }
    }

    private Launch copy(Op op, Buffers buffers) {
        int count = copied(op);
        Slice y = buffers.take("y", Shape.of(count), DType.F32);
        Slice x = op.roof() == Op.Roof.COPY_IN_PLACE ? y : buffers.take("x", Shape.of(count), DType.F32);
        return device.kernel(Copy.of()).bind(y, x, count);
    }

    /** Elements of a copy with the operation's footprint, of four bytes each in one buffer or in two. */
    static int copied(Op op) {
        return Math.toIntExact(Math.max(1, op.footprint() / (op.roof() == Op.Roof.COPY_IN_PLACE ? 4 : 8)));
    }

    /** Warms up, which may compile, and sees how many launches make a sample. */
    private Timed timed(Launch launch, double work) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < WARMUP; i++) {
            least = Math.min(least, sample(launch, 1));
        }
        int launches = (int) Math.max(1, Math.min(MOST_LAUNCHES, Math.ceil(SAMPLE_SECONDS / least)));
        return new Timed(launch, launches, work, sample(launch, launches));
    }

    /** Seconds of one launch among so many. */
    private double sample(Launch launch, int launches) {
        stream.record(start);
        for (int i = 0; i < launches; i++) {
            launch.on(stream);
        }
        stream.record(end);
        stream.synchronize();
        return end.secondsSince(start) / launches;
    }

    @Override
    public void close() {
        fmaBuffers.close();
        end.close();
        start.close();
        stream.close();
    }
}
