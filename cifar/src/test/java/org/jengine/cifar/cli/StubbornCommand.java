package org.jengine.cifar.cli;

import java.util.concurrent.Callable;
import org.jengine.nn.CancelToken;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Hears that it should stop and does not. */
@Command(name = "stubborn", hidden = true)
final class StubbornCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--deaf", description = "Does not even listen.")
    private boolean deaf;

    StubbornCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        CancelToken token = deaf ? new CancelToken() : console.interrupt().token();
        console.out().println("begun");
        console.out().flush();
        while (!token.isCancelled()) {
            Thread.sleep(5);
        }
        console.out().println("cancelled");
        console.out().flush();
        Thread.sleep(600_000);
        return ExitCode.DONE;
    }
}
