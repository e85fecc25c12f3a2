package org.jengine.runtime.host;

import java.util.List;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;

/** Bound operations. Recorded as they are; outside a recording they run as a graph of their own, built on first use. */
final class HostLaunch implements Launch {
    private final HostDevice device;
    private final List<Op> ops;
    private HostGraph alone;

    HostLaunch(HostDevice device, Op... ops) {
        this.device = device;
        this.ops = List.of(ops);
    }

    @Override
    public void on(Stream stream) {
        device.requireOpen();
        HostStream s = HostStream.of(stream);
        s.submit(ops, s.isRecording() ? null : alone());
    }

    private synchronized HostGraph alone() {
        if (alone == null) {
            alone = device.buildAlone(ops.get(0).name(), ops);
        }
        return alone;
    }
}
