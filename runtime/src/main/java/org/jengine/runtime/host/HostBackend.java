package org.jengine.runtime.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Probe;
import org.jengine.runtime.spi.Lwjgl;

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
    public Device open(DeviceRequest request) {
        if (!request.which().matches("[0-9]*")) {
            throw new IllegalArgumentException("not a device: 'host:" + request.which() + "'; the only one is host");
        }
        if (!request.which().matches("0*")) {
            throw new DeviceUnavailable("there is no host:" + request.which() + "; the only one is host");
        }
        request.requireNoLibraries(name());
        return new HostDevice(request);
    }

    static DeviceInfo info(int threads) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("threads", Integer.toString(threads));
        details.put("oneDNN", Dnnl.version());
        details.put("bf16", Dnnl.hasBf16() ? "yes" : "no");
        return new DeviceInfo("host", HostMemory.cpuName(), HostMemory.total(), details);
    }
}
