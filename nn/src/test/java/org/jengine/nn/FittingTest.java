package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceMemory;
import org.jengine.runtime.OutOfDeviceMemory;
import org.junit.jupiter.api.Test;

/** What is said where a plan does not fit, and that it is true. */
class FittingTest extends DeviceTest {
    private static final Pattern LARGEST = Pattern.compile("the largest batch that fits: ([0-9]+) \\(--batch \\1\\)");
    private static final ImageData IMAGES = new Noise(Shape.of(8, 8, 3), 4, 20_000);
    private static final long MEGA = 1_000_000;

    /** The device, with another account of its memory. */
    private Device with(DeviceMemory memory) {
        return (Device) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Device.class}, (p, method, args) -> {
            try {
                return method.getName().equals("memory") ? memory : method.invoke(device, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private String refused(DeviceMemory memory, int batch) {
        OutOfDeviceMemory e = assertThrows(OutOfDeviceMemory.class,
                () -> Trainer.of(Nets.SMALL, IMAGES, with(memory)).batch(batch).open());
        assertEquals(memory.free(), e.left());
        assertTrue(e.asked() > 0, e.getMessage());
        assertEquals(0, device.allocatedBytes());
        return e.getMessage();
    }

    private static int largest(String message) {
        Matcher m = LARGEST.matcher(message);
        assertTrue(m.find(), message);
        return Integer.parseInt(m.group(1));
    }

    @Test
    void theLargestBatchFitsAndTheNextDoesNot() {
        DeviceMemory memory = new DeviceMemory(60 * MEGA, 60 * MEGA, List.of("process 7 (other) 12 MB"));
        String message = refused(memory, 15_000);
        String[] lines = message.split("\n");
        assertTrue(lines[0].matches("out of device memory: batch 15000 of small needs [0-9.]+ MB \\(data [0-9.]+ MB, params [0-9.]+ MB, "
                + "acts [0-9.]+ MB\\) on .*; 60 MB of [0-9]+ MB are free"), message);
        assertEquals("in use by process 7 (other) 12 MB", lines[1]);
        assertEquals(3, lines.length, message);
        int fits = largest(message);
        assertTrue(fits > 1 && fits < 15_000, message);
        assertDoesNotThrow(() -> Trainer.of(Nets.SMALL, IMAGES, with(memory)).batch(fits).open().close());
        assertEquals(fits, largest(refused(memory, fits + fits / 50 + 1)), fits / 100.0 + 1, "another way to the same");
    }

    @Test
    void theBatchThatFitsCanBeAskedFor() {
        DeviceMemory memory = new DeviceMemory(60 * MEGA, 60 * MEGA, List.of());
        Trainer trainer = Trainer.of(Nets.SMALL, IMAGES, with(memory)).batch(15_000);
        assertEquals(largest(refused(memory, 15_000)), trainer.fittingBatch());
        assertEquals(32, trainer.batch(32).fittingBatch());
        assertEquals(0, Trainer.of(Nets.SMALL, IMAGES, with(new DeviceMemory(5 * MEGA, 5 * MEGA, List.of()))).fittingBatch());
        assertEquals(128, Trainer.of(Nets.SMALL, IMAGES, with(DeviceMemory.UNKNOWN)).batch(128).fittingBatch());
        assertEquals(0, device.allocatedBytes());
    }

    @Test
    void theLargestPieceCountsToo() {
        DeviceMemory memory = new DeviceMemory(1000 * MEGA, 20 * MEGA, List.of());
        String message = refused(memory, 15_000);
        assertTrue(message.contains(", 20 MB in one piece\n"), message);
        int fits = largest(message);
        assertDoesNotThrow(() -> Trainer.of(Nets.SMALL, IMAGES, with(memory)).batch(fits).open().close());
    }

    @Test
    void whereNothingFitsTheImagesAreToBlame() {
        String message = refused(new DeviceMemory(5 * MEGA, 5 * MEGA, List.of()), 128);
        assertTrue(message.endsWith("\nnot even a batch of 1 fits: take fewer images (--limit N) or another device"), message);
    }

    @Test
    void anEvaluationIsHeldAgainstTheMemoryToo() {
        DeviceMemory memory = new DeviceMemory(12 * MEGA, 12 * MEGA, List.of());
        Weights weights = Weights.initial(Nets.SMALL, 1);
        OutOfDeviceMemory e = assertThrows(OutOfDeviceMemory.class, () -> Trainer.evaluate(Nets.SMALL, weights, IMAGES,
                ImageData.Split.VALIDATION, with(memory), 20_000, Precision.FP32));
        int fits = largest(e.getMessage());
        assertEquals(IMAGES.count(ImageData.Split.VALIDATION), Trainer.evaluate(Nets.SMALL, weights, IMAGES, ImageData.Split.VALIDATION,
                with(memory), fits, Precision.FP32).count());
    }

    @Test
    void aDeviceThatDoesNotTellIsTried() {
        assertDoesNotThrow(() -> Trainer.of(Nets.SMALL, IMAGES, with(DeviceMemory.UNKNOWN)).open().close());
    }
}
