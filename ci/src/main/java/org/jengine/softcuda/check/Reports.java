package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The reports of one run. The same fault at the same place is told once, as long as the context lasts. */
public final class Reports {
    private final List<Report> reports = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final Consumer<Report> sink;

    /** @param sink gets each new report at once */
    public Reports(Consumer<Report> sink) {
        this.sink = sink;
    }

    /** @param place what makes two reports of one rule the same one, as in a kernel's instruction */
    public void add(Report report, String place) {
        if (seen.add(report.rule() + " " + place)) {
            reports.add(report);
            sink.accept(report);
        }
    }

    /** A context has ended: what another does wrong is told anew. */
    public void contextEnded() {
        seen.clear();
    }

    public List<Report> all() {
        return List.copyOf(reports);
    }
}
