package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jengine.runtime.conformance.JavaProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What drivers do to signals is undone, in the way of one that we play and by the one that is here. */
@EnabledOnOs(value = OS.LINUX, architectures = {"amd64", "aarch64"}, disabledReason = "opencl: signals are kept on 64-bit Linux only")
class SignalHandlersTest {
    /** SIGXFSZ, which the JVM handles and nobody sends. */
    private static final int OF_THE_JVM = 25;
    /** SIGURG, which nobody handles. */
    private static final int OF_NOBODY = 23;

    private byte[] ofTheJvm;
    private byte[] ofNobody;
    private long before;

    @BeforeEach
    void theJvmHandlesOneAndNotTheOther() {
        ofTheJvm = SignalsRun.action(OF_THE_JVM);
        ofNobody = SignalsRun.action(OF_NOBODY);
        before = SignalsRun.handler(OF_THE_JVM);
        assertTrue(before != SignalsRun.DEFAULT && before != SignalsRun.IGNORE, "signal " + OF_THE_JVM + " is not handled");
        assertEquals(SignalsRun.DEFAULT, SignalsRun.handler(OF_NOBODY));
    }

    @AfterEach
    void handleAsBefore() {
        SignalsRun.act(OF_THE_JVM, ofTheJvm);
        SignalsRun.act(OF_NOBODY, ofNobody);
    }

    private static String take(int signal) {
        SignalsRun.ignore(signal);
        return "taken";
    }

    @Test
    void aHandlerThatACallReplacesIsPutBack() {
        assertEquals("taken", SignalHandlers.kept(() -> take(OF_THE_JVM)));
        assertEquals(before, SignalsRun.handler(OF_THE_JVM));
    }

    @Test
    void aCallThatThrowsIsNoExcuse() {
        assertThrows(IllegalStateException.class, () -> SignalHandlers.kept(() -> {
            throw new IllegalStateException(take(OF_THE_JVM));
        }));
        assertEquals(before, SignalsRun.handler(OF_THE_JVM));
    }

    @Test
    void aSignalWithoutAHandlerMayBeTaken() {
        SignalHandlers.kept(() -> take(OF_NOBODY));
        assertEquals(SignalsRun.IGNORE, SignalsRun.handler(OF_NOBODY));
    }

    @Test
    void aCallWithinACallKeepsNothingOfTheDrivers() {
        SignalHandlers.kept(() -> take(OF_THE_JVM) + SignalHandlers.kept(() -> take(OF_NOBODY)));
        assertEquals(before, SignalsRun.handler(OF_THE_JVM));
    }

    @Test
    void aCallBesideACallKeepsNothingOfTheDrivers() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch firstEnded = new CountDownLatch(1);
        Thread second = new Thread(() -> SignalHandlers.kept(() -> {
            inside.countDown();
            return awaited(firstEnded);
        }));
        SignalHandlers.kept(() -> {
            take(OF_THE_JVM);
            second.start();
            // It has come in, as it should not, or waits at the door.
            while (inside.getCount() > 0 && second.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            return "";
        });
        firstEnded.countDown();
        second.join();
        assertEquals(0, inside.getCount());
        assertEquals(before, SignalsRun.handler(OF_THE_JVM));
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Several times, since threads that fault one after the other die of nothing. */
    @RepeatedTest(3)
    void theJvmStopsItsThreadsAndDividesAfterTheDriverIsLoaded(@TempDir Path folder) throws Exception {
        OpenCl.assumeThere();
        Process process = JavaProgram.of(SignalsRun.class, List.of(folder.toString())).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(SignalsRun.GOOD, printed);
        assertEquals(0, process.waitFor(), printed);
    }
}
