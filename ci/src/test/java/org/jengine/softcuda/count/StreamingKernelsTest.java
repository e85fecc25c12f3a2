package org.jengine.softcuda.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jengine.kernels.Adam;
import org.jengine.kernels.BiasAct;
import org.jengine.kernels.Cast;
import org.jengine.kernels.Channels;
import org.jengine.kernels.ColumnSums;
import org.jengine.kernels.Copy;
import org.jengine.kernels.DType;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Gather;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.LeakyRelu;
import org.jengine.kernels.MaxPool;
import org.jengine.kernels.NormApply;
import org.jengine.kernels.NormInfer;
import org.jengine.kernels.NormMoments;
import org.jengine.kernels.NormSums;
import org.jengine.kernels.PadChannels;
import org.jengine.kernels.PoolMoments;
import org.jengine.kernels.PoolNorm;
import org.jengine.kernels.Relu;
import org.jengine.kernels.RmsProp;
import org.jengine.kernels.Sgd;
import org.jengine.kernels.Sigmoid;
import org.jengine.kernels.SoftmaxXent;
import org.jengine.kernels.SumPartials;
import org.jengine.kernels.Target;
import org.jengine.kernels.Transpose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The kernels that do little but read and write, in the sizes that the tutorial's nets train with: on a GPU they move little more than the
 * fewest sectors, and neither wait for banks nor part their warps, and enough of them are there to hide how long memory takes.
 */
class StreamingKernelsTest {
    /** What multiplies rather than streams, and the one that sets a single number. */
    private static final Set<String> OTHERS = Set.of("product", "weight_product", "conv_first", "fma_rate", "clock_tick");
    private static final String RUNNING = " momentum=0.99 epsilon=0.001";
    private static final List<String> RATES = List.of(" rate=0.0", " rate=0.25");
    /** Branches at which the warp parts that holds the last elements. */
    private static final int AT_THE_END = 8;

    /**
     * One launch.
     *
     * @param sizes   and scalars, as {@code count=3 rate=0.5}
     * @param edges   branches at which a warp may part
     */
    private record Job(KernelDef def, String sizes, int edges) {
        Map<String, Integer> integers() {
            return values(false).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> Integer.valueOf(e.getValue())));
        }

        Map<String, Float> scalars() {
            return values(true).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> Float.valueOf(e.getValue())));
        }

        private Map<String, String> values(boolean withPoint) {
            Map<String, String> values = new LinkedHashMap<>();
            for (String pair : sizes.split(" ")) {
                String[] both = pair.split("=");
                if (both[1].contains(".") == withPoint) {
                    values.put(both[0], both[1]);
                }
            }
            return values;
        }
    }

    private static List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        String images = "total=500 stride=128 batch=128 height=32 width=32 channels=3 shuffle=1 scale=0.02 shift=-1.0";
        add(jobs, Gather::of, images + " flip=0 pad=0 cutout=0", 0);
        add(jobs, Gather::of, images + " flip=1 pad=4 cutout=8", 0);
        for (Function<DType, KernelDef> make : List.<Function<DType, KernelDef>>of(Relu::fwd, Relu::bwd, Sigmoid::fwd, Sigmoid::bwd)) {
            add(jobs, make, "count=16384", 0);
        }
        add(jobs, LeakyRelu::fwd, "count=16384 slope=0.1", 0);
        add(jobs, LeakyRelu::bwd, "count=16384 slope=0.1", 0);
        add(jobs, Dropout::of, "count=32768 layer=1 rate=0.25", 0);
        add(jobs, Dropout::bwd, "count=32768 layer=1 before=1 rate=0.25", 0);
        add(jobs, SoftmaxXent::train, "total=500 stride=128 batch=128 classes=10 smoothing=0.1", 0);
        add(jobs, SoftmaxXent::eval, "total=500 stride=128 batch=128 classes=10", 0);
        add(jobs, Adam::of, "count=30730 beta1=0.9 beta2=0.999 epsilon=0.0000001 decay=0.0", AT_THE_END);
        add(jobs, Sgd::of, "count=30730 nesterov=1 momentum=0.9 decay=0.0", AT_THE_END);
        add(jobs, RmsProp::of, "count=30730 rho=0.9 epsilon=0.0000001 decay=0.0", AT_THE_END);
        for (String windows : List.of("n=32 h=30 w=30 c=32", "n=128 h=13 w=13 c=64", "n=32 h=32 w=32 c=48")) {
            add(jobs, MaxPool::fwd, windows + " window=2", 0);
            add(jobs, MaxPool::bwd, windows + " window=2", 0);
        }
        for (int[] pool : new int[][] {{128, 32, 32}, {128, 16, 64}, {128, 8, 128}}) {
            int edge = pool[1];
            int rows = pool[0] * (edge / 2) * (edge / 2);
            String windows = " h=" + edge + " w=" + edge + " window=2";
            add(jobs, PoolMoments::of, chunked(rows, pool[2]) + windows + RUNNING, 0);
            for (String rate : RATES) {
                add(jobs, PoolNorm::bwd, "rows=" + rows + " channels=" + pool[2] + windows + " before=1 layer=1" + rate, 0);
            }
        }
        for (int[] norm : new int[][] {{128 * 16 * 16, 32}, {128 * 8 * 8, 64}, {128 * 4 * 4, 128}}) {
            addNorm(jobs, norm[0], norm[1]);
        }
        for (int width : new int[] {10, 128, 256, 512}) {
            add(jobs, BiasAct::of, "rows=128 cols=" + width + " activation=1", 0);
            add(jobs, ColumnSums::of, chunked(128, width), 0);
        }
        jobs.add(new Job(SumPartials.of(), "count=18432 parts=8", 0));
        // Filters, those of a first layer, and the weights of a last one: a block's share of the second is no whole number of warps.
        add(jobs, Transpose::of, "matrices=1 rows=64 cols=288 stride=64", 0);
        add(jobs, Transpose::of, "matrices=1 rows=48 cols=27 stride=48", 1);
        add(jobs, Transpose::of, "matrices=1 rows=128 cols=10 stride=128", AT_THE_END);
        jobs.add(new Job(PadChannels.fwd(DType.F32), "pixels=8192 channels=3 padded=4", 0));
        jobs.add(new Job(PadChannels.fwd(DType.BF16), "pixels=8192 channels=3 padded=8", 0));
        jobs.add(new Job(PadChannels.bwd(), "pixels=432 channels=3 padded=4", AT_THE_END));
        jobs.add(new Job(PadChannels.bwd(), "pixels=432 channels=3 padded=8", AT_THE_END));
        jobs.add(new Job(Cast.of(), "count=30730", AT_THE_END));
        jobs.add(new Job(Copy.of(), "count=30730", AT_THE_END));
        return jobs;
    }

    private static void addNorm(List<Job> jobs, int rows, int channels) {
        String images = "rows=" + rows + " channels=" + channels;
        String chunks = chunked(rows, channels);
        add(jobs, NormMoments::of, chunks + RUNNING, 0);
        for (String rate : RATES) {
            add(jobs, NormApply::fwd, images + " layer=1" + rate, 0);
            add(jobs, NormSums::of, chunks + " layer=1" + rate, 0);
            add(jobs, NormApply::bwd, images + " before=1 layer=1" + rate, 0);
        }
        add(jobs, NormInfer::of, images + " epsilon=0.001", 0);
        add(jobs, ColumnSums::of, chunks, 0);
    }

    private static String chunked(int rows, int channels) {
        return "rows=" + rows + " channels=" + channels + " chunk=" + Channels.chunk(rows, channels);
    }

    private static void add(List<Job> jobs, Function<DType, KernelDef> make, String sizes, int edges) {
        jobs.add(new Job(make.apply(DType.F32), sizes, edges));
        jobs.add(new Job(make.apply(DType.BF16), sizes, edges));
    }

    @TestFactory
    List<DynamicTest> theyMoveTheFewestSectors() {
        List<Job> jobs = jobs();
        KernelBed bed = new KernelBed(jobs.stream().map(Job::def).distinct().toList());
        return jobs.stream().map(j -> dynamicTest(j.def.entry() + " " + j.sizes, () -> {
            KernelTally tally = bed.run(j.def, j.integers(), j.scalars());
            assertEquals(List.of(), tally.faults(j.edges), j.def.entry() + " " + j.sizes);
            assertTrue(tally.fewest() > 0 && tally.instructions() > 0, "nothing was counted");
        })).toList();
    }

    @Test
    void everyKernelIsTriedOrKnownToDoMore() {
        Set<String> tried = jobs().stream().map(j -> j.def.entry()).collect(Collectors.toSet());
        List<String> missing = Kernels.ALL.stream().filter(d -> d.devices().cover(Target.CUDA) && !OTHERS.contains(opOf(d)))
                .map(KernelDef::entry).filter(e -> !tried.contains(e)).toList();
        assertEquals(List.of(), missing, "kernels without a launch here");
    }

    private static String opOf(KernelDef def) {
        return OTHERS.stream().filter(o -> def.stem().startsWith(o)).findFirst().orElse(def.stem());
    }

    @Test
    void whatMissesABoundIsNamed() {
        assertEquals(List.of(), new KernelTally(105, 100, 0, 2, 0.5, 1, 1).faults(2));
        assertEquals(List.of("moves 106 sectors, 1.06 times the fewest", "has 1 bank conflicts",
                "has 3 divergent branches, 2 of them at edges", "has an occupancy of 49 %"),
                new KernelTally(106, 100, 1, 3, 0.49, 1, 1).faults(2));
        // Rows of ten are not what batch norm is cut for: there, each element reads its channel's numbers anew.
        Job job = new Job(NormInfer.of(DType.F32), "rows=128 channels=10 epsilon=0.001", 0);
        KernelTally spread = new KernelBed(List.of(job.def)).run(job.def, job.integers(), job.scalars());
        assertFalse(spread.faults(0).isEmpty(), spread::toString);
    }
}
