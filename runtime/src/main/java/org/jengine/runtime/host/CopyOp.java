package org.jengine.runtime.host;

import java.util.List;
import org.lwjgl.system.MemoryUtil;

/** A copy between a slice and a host buffer, or a fill. */
final class CopyOp implements Op, HostStream.Command {
    private final String name;
    private final HostSlice slice;
    private final boolean writes;
    private final Runnable work;

    private CopyOp(String name, HostSlice slice, boolean writes, Runnable work) {
        this.name = name;
        this.slice = slice;
        this.writes = writes;
        this.work = work;
    }

    static CopyOp in(HostSlice d, PinnedBuffer s) {
        if (s.length() > d.bytes()) {
            throw new IllegalArgumentException("host buffer " + s.name() + " of " + s.length() + " bytes does not fit into " + d);
        }
        return new CopyOp("copyIn " + d.name(), d, true, () -> MemoryUtil.memCopy(s.address(), d.address(), s.length()));
    }

    static CopyOp out(PinnedBuffer d, HostSlice s) {
        if (s.bytes() > d.length()) {
            throw new IllegalArgumentException(s + " does not fit into host buffer " + d.name() + " of " + d.length() + " bytes");
        }
        return new CopyOp("copyOut " + s.name(), s, false, () -> MemoryUtil.memCopy(s.address(), d.address(), s.bytes()));
    }

    static CopyOp fill(HostSlice d, int v) {
        return new CopyOp("fill " + d.name(), d, true, () -> MemoryUtil.memSet(d.address(), v & 0xff, d.bytes()));
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
        return List.of(writes ? Access.write(slice) : Access.read(slice));
    }

    @Override
    public Planned plan(Tiling tiling, GraphBuilder builder) {
        return Planned.of(new Work(1) {
            @Override
            void run(int part, Lane lane) {
                work.run();
            }
        });
    }

    @Override
    public void execute(Lanes lanes, boolean failed) {
        if (!failed) {
            work.run();
        }
    }
}
