package org.jengine.cifar.cli;

import org.jengine.nn.TrainListener;

/** For people: a moving bar on a terminal, one line of {@code key=value} an epoch elsewhere. */
final class TextOutput implements RunOutput {
    private static final int WIDEST_BAR = 25;
    private static final int NARROWEST_BAR = 5;
    /** Room for an epoch's figures; the bars of all epochs end in the same column. */
    private static final int FIGURES = 72;
    private static final int SYNTHETIC_FIGURES = 82;

    private final Console console;
    private int batch;
    /** Characters of the unfinished line on the terminal. */
    private int open;
    /** What was left when the latest epoch ended; below 0 before that. */
    private double eta = -1;

    TextOutput(Console console) {
        this.console = console;
    }

    @Override
    public void header(String label, String text, Event event) {
        line(Text.format("%-8s %s", label, text));
    }

    @Override
    public void note(String text) {
        leaveBar();
        console.err().println(text);
    }

    @Override
    public void planning(int images) {
        batch = images;
        if (console.terminal()) {
            String text = "planning; the first time on a device that compiles kernels, up to a minute";
            String shown = text.substring(0, Math.min(text.length(), console.columns() - 1));
            console.out().print(shown);
            console.out().flush();
            open = shown.length();
        }
    }

    @Override
    public void progress(TrainListener.Progress p) {
        if (!console.terminal()) {
            return;
        }
        double rate = p.seconds() > 0 ? (double) p.step() * batch / p.seconds() : 0;
        double ahead = p.steps() - p.step() + (double) (p.epochs() - p.epoch()) * p.steps();
        double left = eta >= 0 ? Math.max(0, eta - p.seconds()) : ahead * p.seconds() / Math.max(1, p.step());
        String figures = Text.format(" %d/%d  %s  %s img/s  eta %s", p.step(), p.steps(), Text.duration(p.seconds()),
                Text.count(Math.round(rate)), Text.clock(left));
        // The last column stays empty: some terminals go to the next line as soon as it is filled.
        String place = place(p.epoch(), p.epochs());
        String text = place + bar(p.step(), p.steps(), console.columns() - 1 - place.length() - figures.length()) + figures;
        String shown = text.substring(0, Math.min(text.length(), console.columns() - 1));
        console.out().print("\r" + shown + " ".repeat(Math.max(0, Math.min(open, console.columns() - 1) - shown.length())));
        console.out().flush();
        open = shown.length();
    }

    @Override
    public void epoch(EpochReport epoch) {
        eta = epoch.etaSeconds();
        if (!console.terminal()) {
            line(epoch.keyValues());
            return;
        }
        String place = place(epoch.result().epoch(), epoch.epochs());
        String figures = epoch.text();
        int room = Math.max(epoch.synthetic() ? SYNTHETIC_FIGURES : FIGURES, figures.length());
        line(place + bar(1, 1, console.columns() - 1 - place.length() - room) + " " + figures);
    }

    @Override
    public void kept(String text, Event event) {
        note(text);
    }

    @Override
    public void done(String text, Event event) {
        // Where a bar stands, the run was interrupted, and the terminal may have written ^C behind it.
        leaveBar();
        line(text);
    }

    private void leaveBar() {
        if (open > 0) {
            console.out().println();
            console.out().flush();
            open = 0;
        }
    }

    private static String place(int epoch, int epochs) {
        String last = Integer.toString(epochs);
        return Text.format("%" + Math.max(3, last.length()) + "d/%s ", epoch, last);
    }

    /** As wide as there is room for, and nothing where there is too little. */
    private static String bar(int done, int all, int room) {
        int width = Math.min(WIDEST_BAR, room - 2);
        if (width < NARROWEST_BAR) {
            return "";
        }
        int full = (int) ((long) width * done / all);
        return "[" + "#".repeat(full) + ".".repeat(width - full) + "]";
    }

    /** A whole line, over what stands unfinished. */
    private void line(String text) {
        console.out().println(open == 0 ? text : "\r" + text + " ".repeat(Math.max(0, open - text.length())));
        console.out().flush();
        open = 0;
    }
}
