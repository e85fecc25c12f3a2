package org.jengine.softcuda.work;

import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.Host;

/**
 * What the driver lends to the libraries above it.
 *
 * @param submitter streams and contexts
 * @param space     the addresses of all devices
 * @param view      device memory, checked
 * @param host      the program's memory
 * @param reports   where faults are told
 */
public record Services(Submitter submitter, AddressSpace space, View view, Host host, Reports reports) {
}
