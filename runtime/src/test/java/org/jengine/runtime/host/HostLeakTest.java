package org.jengine.runtime.host;

import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.conformance.LeakConformance;

class HostLeakTest extends LeakConformance {
    @Override
    protected Device open() {
        return Devices.open("host", DeviceRequest.first().withThreads(1).withDebug());
    }
}
