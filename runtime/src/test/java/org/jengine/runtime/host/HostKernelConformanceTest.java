package org.jengine.runtime.host;

import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.conformance.KernelConformance;

class HostKernelConformanceTest extends KernelConformance {
    @Override
    protected Device open() {
        return Devices.open("host", DeviceRequest.first().withThreads(2).withDebug());
    }

    @Override
    protected boolean storesBf16(Device device) {
        return true;
    }
}
