package org.jengine.cifar.cli;

import org.jengine.cifar.data.Progress;

/** Shows how far a download is: one moving line on a terminal, a line for each tenth elsewhere, events with {@code --json}. */
final class DownloadDisplay implements Progress, AutoCloseable {
    private static final long PAUSE_NANOS = 200_000_000;

    private final Console console;
    private final boolean json;
    private final long began = System.nanoTime();
    private long first = -1;
    private long lastNanos = Long.MIN_VALUE;
    private long lastTenth = -1;
    private int open;

    DownloadDisplay(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    @Override
    public void at(long bytes, long total) {
        if (first < 0) {
            first = bytes;
        }
        long now = System.nanoTime();
        long tenth = total > 0 ? 10 * bytes / total : bytes >> 24;
        boolean moving = console.terminal() && !json;
        boolean due = moving ? lastNanos == Long.MIN_VALUE || now - lastNanos >= PAUSE_NANOS || bytes == total : tenth != lastTenth;
        if (!due) {
            return;
        }
        lastNanos = now;
        lastTenth = tenth;
        if (json) {
            console.out().println(Event.of("download").with("bytes", bytes).with("total", total < 0 ? null : (Object) total));
            return;
        }
        String text = text(bytes, total, (now - began) / 1e9);
        if (moving) {
            console.err().print("\r" + text + " ".repeat(Math.max(0, open - text.length())));
            console.err().flush();
            open = text.length();
        } else {
            console.err().println(text);
        }
    }

    private String text(long bytes, long total, double seconds) {
        double rate = seconds > 0 ? (bytes - first) / seconds : 0;
        String eta = rate > 0 && total > 0 ? "  eta " + Text.clock((total - bytes) / rate) : "";
        return Text.format("fetching %s%s  %s/s%s", Text.bytes(bytes), total > 0 ? " of " + Text.bytes(total) : "",
                Text.bytes(Math.round(rate)), eta);
    }

    /** Ends the moving line. */
    @Override
    public void close() {
        if (open > 0) {
            console.err().println();
            open = 0;
        }
    }
}
