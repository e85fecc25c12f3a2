package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jengine.runtime.DeviceException;

/** Descriptors that live and die together. */
final class DnnScope implements AutoCloseable {
    private final Dnn dnn;
    private final List<Dnn.Descriptor> held = new ArrayList<>();

    private DnnScope(Dnn dnn) {
        this.dnn = dnn;
    }

    /** Makes something out of descriptors and hands it the scope, which is closed if that fails. */
    static <T> T build(Dnn dnn, Function<DnnScope, T> work) {
        DnnScope scope = new DnnScope(dnn);
        try {
            return work.apply(scope);
        } catch (RuntimeException e) {
            try {
                scope.close();
            } catch (DeviceException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** Does something with descriptors that are not needed afterwards. */
    static <T> T with(Dnn dnn, Function<DnnScope, T> work) {
        try (DnnScope scope = new DnnScope(dnn)) {
            return work.apply(scope);
        }
    }

    Dnn dnn() {
        return dnn;
    }

    Dnn.Descriptor descriptor(DnnKind kind) {
        Dnn.Descriptor made = dnn.descriptor(kind);
        held.add(made);
        return made;
    }

    /** Releases one before the others. */
    void release(Dnn.Descriptor d) {
        if (held.remove(d)) {
            dnn.release(d);
        }
    }

    /** Releases them, the newest first. */
    @Override
    public void close() {
        for (int i = held.size() - 1; i >= 0; i--) {
            dnn.release(held.remove(i));
        }
    }
}
