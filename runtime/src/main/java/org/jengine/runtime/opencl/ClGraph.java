package org.jengine.runtime.opencl;

import java.util.List;
import org.jengine.runtime.Graph;
import org.jengine.runtime.Stream;

/**
 * Recorded commands, queued one by one at each launch: 0.7 us each with PoCL 3.1 on two cores. The extension
 * {@code cl_khr_command_buffer} is left alone where a driver has it. JOCL 2.0.6 does not bind it, and PoCL's cannot be queued again
 * before it is done, so that the host would have to wait for every step: twenty small kernels took 94 us so, and 42 us one by one.
 */
final class ClGraph implements Graph {
    private final ClDevice device;
    private final String name;
    private final Command[] commands;
    private volatile boolean closed;

    ClGraph(ClDevice device, String name, List<Command> commands) {
        this.device = device;
        this.name = name;
        this.commands = commands.toArray(Command[]::new);
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
        ClStream s = ClStream.of(stream, device);
        if (s.isRecording()) {
            throw new IllegalStateException("graph " + name + " cannot be launched into a recording");
        }
        s.enqueue(commands);
    }

    @Override
    public int nodes() {
        return commands.length;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.resources().forget(this);
        }
    }
}
