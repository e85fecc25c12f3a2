package org.jengine.cifar.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jengine.nn.CancelToken;

/**
 * Ctrl-C and SIGTERM. The first ends a command that asked for the token after its present step, so that it can save; any other command,
 * and the second signal, end the process at once.
 *
 * <p>There is no supported way to handle a signal, so that a shutdown hook does it: the virtual machine runs it on the first signal while
 * the command goes on, and whatever the command says then, this class ends the process with the command's exit code.
 */
public final class Interrupt {
    private static final int POLL_MILLIS = 20;
    private static final int PATIENCE_MILLIS = 60_000;

    private final CancelToken token = new CancelToken();
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean awaited;
    private volatile int code;

    /** What a command that can stop early looks at; having asked for it, the command is waited for. */
    public CancelToken token() {
        awaited = true;
        return token;
    }

    /** Makes signals to this process arrive here. */
    void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutdown, "interrupt"));
    }

    /** The command is over and {@code System.exit} is the next thing. */
    void finish(int exitCode) {
        code = exitCode;
        finished.countDown();
    }

    private void shutdown() {
        if (finished.getCount() == 0) {
            return;
        }
        token.cancel();
        int exit = ExitCode.INTERRUPTED;
        if (awaited && waitForCommand() && code != ExitCode.DONE) {
            exit = code;
        }
        System.out.flush();
        System.err.flush();
        // Not exit: the command's own call of it would wait for this hook, and the code would be the signal's.
        Runtime.getRuntime().halt(exit);
    }

    private boolean waitForCommand() {
        try {
            for (int waited = 0; waited < PATIENCE_MILLIS && !again(); waited += POLL_MILLIS) {
                if (finished.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /**
     * Whether a second signal came. The virtual machine handles each on a thread of its own, named after the signal, and all of them wait
     * for the hooks to end; were the names to change, a second signal would be ignored and the first still work.
     */
    private static boolean again() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().matches("SIG[A-Z]+ handler")).count() > 1;
    }
}
