package org.jengine.softcuda.check;

/** A fault that ends the kernel or operation, and the context with it. */
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Report report;

    public Fault(Report report) {
        super(report.message());
        this.report = report;
    }

    public Report report() {
        return report;
    }
}
