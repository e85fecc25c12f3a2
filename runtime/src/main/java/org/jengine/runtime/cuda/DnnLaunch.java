package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;

/** A plan with its tensors; their addresses are taken when their memory is there. It ends with the first of the arenas. */
final class DnnLaunch implements Launch, Command, Dependent {
    private final CudaDevice device;
    private final DnnSession session;
    private final DnnPlan plan;
    private final String name;
    private final Map<DnnGraph.Role, CudaSlice> tensors;
    private final CudaSlice workspace;
    private final List<CudaArena> arenas;
    private DnnScope scope;
    private Dnn.Descriptor pack;
    private boolean ended;

    /** @param workspace null if the plan needs none */
    DnnLaunch(CudaDevice device, DnnPlan plan, String name, Map<DnnGraph.Role, CudaSlice> tensors, CudaSlice workspace) {
        this.device = device;
        this.plan = plan;
        this.name = name;
        this.tensors = tensors;
        this.workspace = workspace;
        session = device.dnn();
        Set<CudaArena> all = new LinkedHashSet<>();
        tensors.values().forEach(t -> all.add(t.arena()));
        if (workspace != null) {
            all.add(workspace.arena());
        }
        arenas = List.copyOf(all);
        arenas.forEach(a -> a.bound(this));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<CudaArena> touches() {
        return arenas;
    }

    @Override
    public void on(Stream stream) {
        device.requireOpen();
        CudaStream.of(stream, device).submit(this);
    }

    /** Not beside {@link #end}, which frees the list of tensors. */
    @Override
    public synchronized void enqueue(Cu cu, Cu.Stream stream) {
        for (int i = 0; i < arenas.size(); i++) {
            arenas.get(i).requireThere();
        }
        if (scope == null) {
            scope = DnnScope.build(session.dnn(), made -> {
                pack = pack(made);
                return made;
            });
        }
        session.execute(stream, plan, pack, name);
    }

    private Dnn.Descriptor pack(DnnScope made) {
        Dnn dnn = made.dnn();
        List<Long> ids = new ArrayList<>();
        List<Long> places = new ArrayList<>();
        tensors.forEach((role, slice) -> {
            ids.add(DnnGraph.id(role));
            places.add(slice.memory().address());
        });
        Dnn.Descriptor list = made.descriptor(DnnKind.VARIANT_PACK);
        dnn.set(list, DnnAttribute.VARIANT_PACK_UNIQUE_IDS, ids.stream().mapToLong(Long::longValue).toArray());
        dnn.set(list, DnnAttribute.VARIANT_PACK_DATA_POINTERS, places.stream().mapToLong(Long::longValue).toArray());
        dnn.set(list, DnnAttribute.VARIANT_PACK_WORKSPACE, workspace == null ? 0 : workspace.memory().address());
        dnn.finish(list);
        return list;
    }

    @Override
    public synchronized void end() {
        if (!ended) {
            ended = true;
            if (scope != null) {
                scope.close();
            }
            arenas.forEach(a -> a.unbound(this));
        }
    }
}
