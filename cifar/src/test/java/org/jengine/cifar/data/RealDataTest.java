package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jengine.nn.ImageData.Split;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real set, where the environment variable {@value #VARIABLE} names it; {@code -Djengine.require=data} makes its absence a failure. */
class RealDataTest {
    private static final String VARIABLE = "JENGINE_TEST_DATA";
    private Path path;

    @BeforeEach
    void find() {
        String named = System.getenv(VARIABLE);
        if (named == null && Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("data")) {
            fail("this run requires the real data, but " + VARIABLE + " is not set");
        }
        assumeTrue(named != null, VARIABLE + " is not set");
        path = Path.of(named);
    }

    @Test
    void opensFastAndIsEven() {
        // Processor time: the wall clock would tell of the neighbours on a busy machine.
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();
        Cifar10 data = Cifar10.open(path);
        double seconds = (clock.getCurrentThreadCpuTime() - start) * 1e-9;
        assertTrue(seconds < 5, () -> "opening took " + seconds + " s");
        assertEquals(List.of(), data.warnings());
        DataReport report = data.report();
        assertEquals(50_000, report.train());
        assertEquals(10_000, report.validation());
        for (DataReport.ClassCount count : report.classes()) {
            assertEquals(5_000, count.train());
            assertEquals(1_000, count.validation());
        }
    }

    @Test
    void meanColourIsThePublishedOne() {
        Cifar10 data = Cifar10.open(path);
        ByteBuffer images = ByteBuffer.allocate(10_000 * Layout.IMAGE);
        data.copyTo(Split.VALIDATION, images, ByteBuffer.allocate(10_000));
        double[] mean = new double[3];
        for (int i = 0; i < images.capacity(); i++) {
            mean[i % 3] += (images.get(i) & 0xff) / (10_000.0 * Layout.PIXELS);
        }
        // Of the validation split; with the channels in another order they would be 116, 124, 126.
        assertEquals(126.0, mean[0], 1.0);
        assertEquals(123.7, mean[1], 1.0);
        assertEquals(114.9, mean[2], 1.0);
    }

    @Test
    void worksInASmallHeap() throws IOException, InterruptedException {
        Process small = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-cp",
            System.getProperty("java.class.path"), SmallHeap.class.getName(), path.toString()).redirectErrorStream(true).start();
        String output = new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(small.waitFor(60, TimeUnit.SECONDS));
        assertEquals("copied 25000", output);
    }

    /** Opens and copies in a process of its own. */
    static final class SmallHeap {
        private SmallHeap() {
        }

        public static void main(String[] args) {
            Cifar10 data = Cifar10.open(Path.of(args[0]));
            ByteBuffer images = ByteBuffer.allocateDirect(15_000 * Layout.IMAGE);
            data.copyFirst(Split.TRAIN, 15_000, images, ByteBuffer.allocate(15_000));
            data.copyTo(Split.VALIDATION, images.clear(), ByteBuffer.allocate(10_000));
            System.out.println("copied " + (15_000 + images.position() / Layout.IMAGE));
        }
    }
}
