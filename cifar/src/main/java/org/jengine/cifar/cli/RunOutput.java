package org.jengine.cifar.cli;

import org.jengine.nn.TrainListener;

/** Shows a run while it goes on. */
interface RunOutput {
    /**
     * A fact known before the first step.
     *
     * @param label one word
     * @param text  for people
     * @param event for programs
     */
    void header(String label, String text, Event event);

    /** Something that the user should know and need not act on. */
    void note(String text);

    /**
     * The net is being planned, which may take a while where kernels are compiled and tiles searched.
     *
     * @param batch images a step
     */
    void planning(int batch);

    void progress(TrainListener.Progress progress);

    void epoch(EpochReport epoch);

    /** The run failed, and this is what is left of it. */
    void kept(String text, Event event);

    /** The run is over. */
    void done(String text, Event event);

    /** The one that the flags ask for. */
    static RunOutput of(Console console, boolean json, boolean quiet) {
        if (json) {
            return new JsonOutput(console.out());
        }
        return quiet ? new QuietOutput(console) : new TextOutput(console);
    }
}
