package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/**
 * Calls the program back.
 *
 * @param arguments what the function is given
 */
record HostOperation(String name, Host host, long function, long[] arguments) implements Operation {
    /** A CUDA_HOST_NODE_PARAMS. */
    static HostOperation of(String name, Host host, byte[] struct) {
        ByteBuffer in = ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN);
        return new HostOperation(name, host, in.getLong(0), new long[] {in.getLong(8)});
    }

    byte[] toStruct() {
        return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(function).putLong(arguments[0]).array();
    }

    @Override
    public void perform(Turn at) {
        host.call(function, arguments);
    }
}
