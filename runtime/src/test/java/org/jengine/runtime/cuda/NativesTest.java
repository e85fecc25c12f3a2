package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class NativesTest {
    private static final String TEMPORARY = "java.io.tmpdir";

    @Test
    void theTemporaryFolderIsPrivateWhileTheBindingLoadsAndGoneThen() {
        String before = System.getProperty(TEMPORARY);
        AtomicReference<String> during = new AtomicReference<>();
        assertEquals("", Natives.load(() -> during.set(System.getProperty(TEMPORARY))));
        assertEquals(before, System.getProperty(TEMPORARY));
        assertNotEquals(before, during.get());
        assertTrue(Path.of(during.get()).startsWith(before), during.get());
        assertFalse(Files.exists(Path.of(during.get())));
    }

    @Test
    void theCauseIsTakenFromJCudasPage() {
        String before = System.getProperty(TEMPORARY);
        String fault = Natives.load(() -> {
            throw new UnsatisfiedLinkError("Error while loading native library \"JCudaDriver\"\n"
                    + "Stack trace from the attempt to load the library as a file:\njava.lang.UnsatisfiedLinkError: no path\n"
                    + "Stack trace from the attempt to load the library as a resource:\njava.lang.UnsatisfiedLinkError: no GLIBC\n");
        });
        assertTrue(fault.startsWith("JCuda does not load on this machine"), fault);
        assertTrue(fault.contains("): java.lang.UnsatisfiedLinkError: no GLIBC\n"), fault);
        assertEquals(before, System.getProperty(TEMPORARY));
        String other = Natives.load(() -> {
            throw new ExceptionInInitializerError(new IllegalStateException("not on this system"));
        });
        assertTrue(other.contains("): java.lang.IllegalStateException: not on this system\n"), other);
    }
}
