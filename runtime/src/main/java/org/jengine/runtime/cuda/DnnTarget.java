package org.jengine.runtime.cuda;

import org.jengine.runtime.DeviceException;

/**
 * What is planned for: a session on a device, or a GPU that need not be there, as JSON describes it.
 *
 * @param handle null for a GPU that need not be there
 * @param gpu    a device property descriptor; null for a session
 */
record DnnTarget(Dnn dnn, Dnn.Handle handle, Dnn.Descriptor gpu) {
    static DnnTarget of(Dnn dnn, Dnn.Handle handle) {
        return new DnnTarget(dnn, handle, null);
    }

    /**
     * A GPU by its properties.
     *
     * @throws DeviceException if cuDNN does not take the description, with what is wrong in it
     */
    static DnnTarget of(DnnScope scope, String json) {
        Dnn dnn = scope.dnn();
        Dnn.Descriptor gpu = scope.descriptor(DnnKind.DEVICEPROP);
        dnn.set(gpu, DnnAttribute.DEVICEPROP_JSON_REPRESENTATION, json);
        dnn.finish(gpu);
        return new DnnTarget(dnn, null, gpu);
    }

    /** Sets whichever of the two attributes suits; {@code device} is null where the kind of descriptor has none. */
    void in(Dnn.Descriptor d, DnnAttribute session, DnnAttribute device) {
        if (handle != null && session != null) {
            dnn.set(d, session, handle);
        } else if (handle == null && device != null) {
            dnn.set(d, device, gpu);
        }
    }
}
