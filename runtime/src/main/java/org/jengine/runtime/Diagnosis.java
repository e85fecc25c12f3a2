package org.jengine.runtime;

import java.util.List;

/**
 * What a backend found out about itself, layer by layer, the lowest first.
 *
 * @param device   the id of the device that was tried; empty if there was none to try
 * @param findings one for each layer
 */
public record Diagnosis(String device, List<Finding> findings) {
    public Diagnosis {
        findings = List.copyOf(findings);
    }

    /** Whether the device that was tried does its work. */
    public boolean usable() {
        return !device.isEmpty() && findings.stream().noneMatch(f -> f.state() == Finding.State.FAULT);
    }
}
