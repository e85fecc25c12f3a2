package org.jengine.runtime.host;

import java.nio.IntBuffer;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.runtime.spi.BoundArgs;

/** Counts a step and an update. */
final class ClockTickOp implements Op {
    private final String name;
    private final HostSlice clock;

    ClockTickOp(BoundArgs<HostSlice> b) {
        name = b.entry();
        clock = b.slice("clock");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int images() {
        return 0;
    }

    @Override
    public List<Access> accesses() {
        return List.of(Access.write(clock));
    }

    @Override
    public Planned plan(Tiling tiling, GraphBuilder builder) {
        return Planned.of(new Work(1) {
            private IntBuffer ints;

            @Override
            void link(Lanes lanes) {
                ints = clock.ints();
            }

            @Override
            void run(int part, Lane lane) {
                ints.put(Clock.STEP, ints.get(Clock.STEP) + 1);
                ints.put(Clock.UPDATES, ints.get(Clock.UPDATES) + 1);
            }
        });
    }
}
