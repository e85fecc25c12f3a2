package org.jengine.runtime.cuda;

import java.util.Map;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;

/** A device's library that does every dense layer with cuBLAS, those too that are better done otherwise. */
record AllCublas(Library library, PortableLibrary ours, Products products, boolean tf32) implements Library {
    static Library of(Device device, Arena scratch, Numerics numerics) {
        PortableLibrary ours = new PortableLibrary(device, scratch, new Tuner(device, null, false), numerics);
        return new AllCublas(device.library(scratch, numerics), ours, new Products((CudaDevice) device, scratch), numerics.tf32());
    }

    @Override
    public DensePlan dense(DenseSpec spec) {
        return new CublasDense(ours, products, spec, tf32);
    }

    @Override
    public ConvPlan conv(ConvSpec spec) {
        return library.conv(spec);
    }

    @Override
    public PoolPlan maxPool(PoolSpec spec) {
        return library.maxPool(spec);
    }

    @Override
    public NormPlan batchNorm(NormSpec spec) {
        return library.batchNorm(spec);
    }

    @Override
    public NormPlan batchNorm(NormSpec spec, Dropping dropping) {
        return library.batchNorm(spec, dropping);
    }

    @Override
    public Map<String, String> choices() {
        return library.choices();
    }
}
