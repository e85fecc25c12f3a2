package org.jengine.softcuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jengine.softcuda.wire.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the device beside GPUs: calls that fail, and a driver of another version. */
class FailuresTest {
    @Test
    void aCallFailsAlwaysOrOnceByItsNameWithoutAVersion() {
        Failures failures = Failures.of("cuMemAlloc=2,cuGraphLaunch@2=700,cublasGemmEx=13");
        assertTrue(failures.any());
        assertEquals(2, failures.status("cuMemAlloc_v2"));
        assertEquals(2, failures.status("cuMemAlloc_v2"));
        assertEquals(0, failures.status("cuMemAllocHost_v2"));
        assertEquals(0, failures.status("cuGraphLaunch"));
        assertEquals(700, failures.status("cuGraphLaunch"));
        assertEquals(0, failures.status("cuGraphLaunch"));
        assertEquals(13, failures.status("cublasGemmEx"));
        assertFalse(Failures.of("").any());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuInit", "cuInit=", "cuInit=0", "cuInit@0=1", "cuInit=x", "=1", ",", "cuInit=1,"})
    void whatIsNoFailureIsRefused(String text) {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Failures.of(text)).getMessage().contains("CALL=STATUS"));
    }

    @Test
    void aDriverTakesThePtxOfItsTime() {
        assertEquals(new Version(12040, 84), Version.of("12.4"));
        assertEquals(new Version(13000, 90), Version.of(""));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Version.of("12")).getMessage().contains("12.4"));
    }

    @Test
    void aContextEndsWithTheStatusesThatTheManualSays() {
        for (int status : new int[] {214, 700, 702, 710, 714, 715, 716, 717, 718, 719, 999}) {
            assertTrue(Status.endsContext(status), () -> Integer.toString(status));
        }
        for (int status : new int[] {1, 2, 46, 600, 701, 713, 720, 801, 906}) {
            assertFalse(Status.endsContext(status), () -> Integer.toString(status));
        }
    }
}
