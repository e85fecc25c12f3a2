package org.jengine.softcuda.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jengine.kernels.ConvFirst;
import org.jengine.kernels.DType;
import org.jengine.kernels.Factors;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.Product;
import org.jengine.kernels.Target;
import org.jengine.kernels.WeightProduct;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The kernels that multiply matrices of bfloat16, or of float32 as TF32, in sizes that the tutorial's nets train with: an H100 runs them on
 * tensor cores, and nothing that they read or write in shared memory meets in a bank.
 */
class MatrixKernelsTest {
    private static final String SIZES_OF_PRODUCT =
            "images height width depth outHeight outWidth cols filterRows filterCols pad mirrored tapStride depthStride colStride parts ";
    private static final String SIZES_OF_GRADIENT =
            "images height width depth outHeight outWidth filters filterRows filterCols pad turned parts";
    private static final String SIZES_OF_FIRST = "images height width outHeight outWidth cols pad activation";
    /**
     * One launch.
     *
     * @param products multiplications of the layer
     */
    private record Job(KernelDef def, Map<String, Integer> sizes, double products) {
    }

    /** @param values of the sizes with these names */
    private static Job job(KernelDef def, String names, double products, int... values) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        String[] all = names.strip().split(" ");
        for (int i = 0; i < all.length; i++) {
            sizes.put(all[i], values[i]);
        }
        return new Job(def, sizes, products);
    }

    private static Job forth(Factors factors, int edge, double products, int... sizes) {
        return job(Product.fwd(factors, edge), SIZES_OF_PRODUCT + "activation", products, sizes);
    }

    private static Job back(Factors factors, int edge, double products, int... sizes) {
        return job(Product.bwd(factors, edge), SIZES_OF_PRODUCT + "before", products, sizes);
    }

    private static Job gradient(Factors factors, int edge, double products, int... sizes) {
        return job(WeightProduct.of(factors, edge), SIZES_OF_GRADIENT, products, sizes);
    }

    private static List<Job> jobs() {
        return Stream.of(Factors.BF16, Factors.TF32).flatMap(f -> jobs(f).stream()).toList();
    }

    private static List<Job> jobs(Factors factors) {
        List<Job> jobs = new ArrayList<>();
        // Dense layers: of mlp, and the last of cnn, whose ten columns come in pairs.
        jobs.add(forth(factors, 32, 128.0 * 3072 * 128, 128, 1, 1, 3072, 1, 1, 128, 1, 1, 0, 0, 0, 128, 1, 16, 2));
        jobs.add(back(factors, 32, 128.0 * 128 * 128, 128, 1, 1, 128, 1, 1, 128, 1, 1, 0, 0, 0, 1, 128, 1, 2));
        jobs.add(gradient(factors, 64, 128.0 * 3072 * 128, 128, 1, 1, 3072, 1, 1, 128, 1, 1, 0, 1, 2));
        jobs.add(forth(factors, 16, 128.0 * 2304 * 10, 128, 1, 1, 2304, 1, 1, 10, 1, 1, 0, 0, 0, 10, 1, 9, 0));
        jobs.add(back(factors, 64, 128.0 * 10 * 2304, 128, 1, 1, 10, 1, 1, 2304, 1, 1, 0, 0, 0, 1, 10, 1, 1));
        jobs.add(gradient(factors, 16, 128.0 * 2304 * 10, 128, 1, 1, 2304, 1, 1, 10, 1, 1, 0, 1, 1));
        jobs.add(back(factors, 16, 128.0 * 128 * 10, 128, 1, 1, 128, 1, 1, 10, 1, 1, 0, 0, 0, 1, 128, 1, 1));
        // The second convolution of cnn, of an eighth of a batch.
        double second = 16.0 * 13 * 13 * 64 * 288;
        jobs.add(forth(factors, 64, second, 16, 15, 15, 32, 13, 13, 64, 3, 3, 0, 0, 32, 1, 288, 1, 1));
        jobs.add(back(factors, 32, second, 16, 13, 13, 64, 15, 15, 32, 3, 3, 0, 1, 32, 288, 1, 1, 1));
        jobs.add(gradient(factors, 32, second, 16, 15, 15, 32, 13, 13, 64, 3, 3, 0, 0, 2));
        // The first, whose three channels make no chunks.
        double first = 16.0 * 30 * 30 * 32 * 27;
        if (factors == Factors.BF16) {
            jobs.add(job(ConvFirst.of(DType.BF16), SIZES_OF_FIRST, first, 16, 32, 32, 30, 30, 32, 0, 1));
        }
        jobs.add(gradient(factors, 32, first, 16, 32, 32, 3, 30, 30, 32, 3, 3, 0, 0, 32));
        return jobs;
    }

    @TestFactory
    List<DynamicTest> theyMultiplyOnTensorCoresAndMeetInNoBank() {
        List<Job> jobs = jobs();
        KernelBed bed = new KernelBed(jobs.stream().map(Job::def).distinct().toList());
        return jobs.stream().map(j -> dynamicTest(j.def.entry() + " " + j.sizes, () -> {
            Map<?, ?> row = bed.count(j.def, j.sizes, Map.of());
            Map<?, ?> flops = (Map<?, ?>) row.get("flops");
            assertEquals(0.0, number(row, "sharedConflicts"), "bank conflicts");
            assertTrue(number(flops, j.def.entry().endsWith("bf16") ? "tensor.bf16" : "tensor.tf32") >= 2 * j.products, flops::toString);
            assertTrue(number(flops, "f32") < j.products, () -> "sums are made without tensor cores: " + flops);
        })).toList();
    }

    private static double number(Map<?, ?> row, String name) {
        return ((Number) row.get(name)).doubleValue();
    }

    @Test
    void everyKernelIsTried() {
        Set<String> tried = jobs().stream().map(j -> j.def.entry()).collect(Collectors.toSet());
        Set<String> stems = jobs().stream().map(j -> j.def.stem()).collect(Collectors.toSet());
        List<String> missing = Kernels.ALL.stream().filter(d -> stems.contains(d.stem()) && d.devices().cover(Target.SM80))
                .map(KernelDef::entry)
                .filter(e -> !tried.contains(e)).toList();
        assertEquals(List.of(), missing, "kernels without a launch here");
    }
}
