package org.jengine.cifar.cli;

import org.jengine.nn.TrainListener;

/** Only what a run came to; notes still reach the error stream. */
final class QuietOutput implements RunOutput {
    private final Console console;

    QuietOutput(Console console) {
        this.console = console;
    }

    @Override
    public void header(String label, String text, Event event) {
    }

    @Override
    public void note(String text) {
        console.err().println(text);
    }

    @Override
    public void planning(int batch) {
    }

    @Override
    public void progress(TrainListener.Progress progress) {
    }

    @Override
    public void epoch(EpochReport epoch) {
    }

    @Override
    public void kept(String text, Event event) {
        note(text);
    }

    @Override
    public void done(String text, Event event) {
        console.out().println(text);
    }
}
