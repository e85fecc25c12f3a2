package org.jengine.runtime.host;

import java.util.List;
import org.jengine.runtime.Graph;
import org.jengine.runtime.Stream;

/** Stages one after the other, each cut into parts for the lanes. */
final class HostGraph implements Graph, HostStream.Command {
    private final HostDevice device;
    private final String name;
    private final Work[] stages;
    private final int nodes;
    private final Dnnl natives;
    private final HostArena scratch;
    private volatile boolean closed;

    HostGraph(HostDevice device, String name, List<Work> stages, int nodes, Dnnl natives, HostArena scratch) {
        this.device = device;
        this.name = name;
        this.stages = stages.toArray(Work[]::new);
        this.nodes = nodes;
        this.natives = natives;
        this.scratch = scratch;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void launch(Stream stream) {
        if (closed) {
            throw new IllegalStateException("graph " + name + " is closed");
        }
        HostStream s = HostStream.of(stream);
        if (s.isRecording()) {
            throw new IllegalStateException("graph " + name + " cannot be launched into a recording");
        }
        s.enqueue(this);
    }

    @Override
    public void execute(Lanes lanes, boolean failed) {
        if (failed) {
            return;
        }
        for (Work stage : stages) {
            lanes.run(stage);
        }
        if (device.debug()) {
            scratch.checkGuards();
        }
    }

    @Override
    public int nodes() {
        return nodes;
    }

    @Override
    public long scratchBytes() {
        return scratch.bytes();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        device.drain();
        closed = true;
        device.forget(this);
        try {
            scratch.close();
        } finally {
            natives.close();
        }
    }
}
