package org.jengine.runtime.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Diagnosis;
import org.jengine.runtime.Finding;
import org.jengine.runtime.Probe;
import org.jengine.runtime.spi.Lwjgl;
import org.jengine.runtime.spi.Trial;

/** The CPU as a device: oneDNN for convolutions, pooling and matrix products, Java for the rest. */
public final class HostBackend implements Backend {
    static {
        Lwjgl.prepare();
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public Probe probe() {
        try {
            new Dnnl().close();
            return Probe.found(List.of(info(Runtime.getRuntime().availableProcessors())));
        } catch (DeviceUnavailable e) {
            return Probe.none(e.getMessage());
        }
    }

    @Override
    public Diagnosis diagnose(DeviceRequest request) {
        requireForm(request.which());
        List<Finding> findings = new ArrayList<>();
        int threads = Runtime.getRuntime().availableProcessors();
        findings.add(Finding.ok("CPU", HostMemory.cpuName() + ", " + threads + " threads").with("name", HostMemory.cpuName())
                .with("threads", threads));
        try (Device device = open(request)) {
            findings.add(Finding.ok("oneDNN", Dnnl.version()).with("version", Dnnl.version()));
            findings.add(Dnnl.hasBf16() ? Finding.ok("bf16", "the CPU has it")
                    : Finding.off("bf16", "the CPU has no bfloat16 instructions (AVX512-BF16): --precision bf16 is refused here"));
            findings.add(Finding.ok("kernels", "right on " + device.info().id() + ": " + Trial.run(device)));
            return new Diagnosis(device.info().id(), findings);
        } catch (DeviceException e) {
            findings.add(Finding.fault("oneDNN", e.getMessage()));
            return new Diagnosis("", findings);
        }
    }

    @Override
    public Device open(DeviceRequest request) {
        requireForm(request.which());
        if (!request.which().matches("0*")) {
            throw new DeviceUnavailable("there is no host:" + request.which() + "; the only one is host");
        }
        request.requireNoLibraries(name());
        return new HostDevice(request);
    }

    private static void requireForm(String which) {
        if (!which.matches("[0-9]*")) {
            throw new IllegalArgumentException("not a device: 'host:" + which + "'; the only one is host");
        }
    }

    static DeviceInfo info(int threads) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("threads", Integer.toString(threads));
        details.put("oneDNN", Dnnl.version());
        details.put("bf16", Dnnl.hasBf16() ? "yes" : "no");
        return new DeviceInfo("host", HostMemory.cpuName(), HostMemory.total(), details);
    }
}
