package org.jengine.cifar.cli;

import java.io.PrintStream;
import org.jengine.nn.TrainListener;

/** One JSON object a line, one line an event, and nothing else. */
final class JsonOutput implements RunOutput {
    private final PrintStream out;

    JsonOutput(PrintStream out) {
        this.out = out;
    }

    @Override
    public void header(String label, String text, Event event) {
        print(event);
    }

    @Override
    public void note(String text) {
        print(Event.of("note").with("message", text));
    }

    @Override
    public void planning(int batch) {
    }

    @Override
    public void progress(TrainListener.Progress progress) {
    }

    @Override
    public void epoch(EpochReport epoch) {
        print(epoch.event());
    }

    @Override
    public void kept(String text, Event event) {
        print(event);
    }

    @Override
    public void done(String text, Event event) {
        print(event);
    }

    private void print(Event event) {
        out.println(event);
        out.flush();
    }
}
