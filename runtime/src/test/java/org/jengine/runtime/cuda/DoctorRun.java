package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Diagnosis;
import org.jengine.runtime.Finding;

/** A program that has the backend diagnosed, and prints what it found. */
final class DoctorRun {
    private DoctorRun() {
    }

    public static void main(String[] args) {
        Diagnosis diagnosis = new CudaBackend(Path.of(args[0]), false).diagnose(DeviceRequest.first());
        for (Finding f : diagnosis.findings()) {
            System.out.println(f.state() + " " + f.layer() + ": " + f.text());
        }
        System.out.println((diagnosis.usable() ? "usable " : "not usable ") + diagnosis.device());
    }
}
