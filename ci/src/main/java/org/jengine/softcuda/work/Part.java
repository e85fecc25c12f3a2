package org.jengine.softcuda.work;

import org.jengine.softcuda.wire.CallTable;

/** A library above the driver: cuBLAS, cuDNN. */
public interface Part {
    /** Adds its functions, by the names of their C symbols. */
    void provide(CallTable calls, Services services);
}
