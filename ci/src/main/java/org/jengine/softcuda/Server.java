package org.jengine.softcuda;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.wire.Wire;
import org.jengine.softcuda.work.Part;

/** The device's process. libcuda starts it with the program's first call, and it ends with the program. */
public final class Server {
    private static final List<Part> PARTS = List.of();

    private Server() {
    }

    /** Serves the program at the other ends of the pipes 0, 1, 3 and 4. */
    public static void main(String[] arguments) throws IOException {
        Wire wire = new Wire(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
        // What anyone prints must not come between the answers.
        System.setOut(System.err);
        Host host = new Host(new FileOutputStream("/dev/fd/4"), new FileInputStream("/dev/fd/3"));
        CallTable calls = new CallTable();
        calls.add("cuInit", (request, reply) -> 0);
        wire.serve(calls, new Wire.Idle() {
            private final Set<String> told = new HashSet<>();

            @Override
            public boolean waits() {
                return false;
            }

            @Override
            public void step() {
            }

            @Override
            public void missing(String name) {
                if (told.add(name)) {
                    System.err.println("softcuda: " + name + " is not provided");
                }
            }

            @Override
            public void refused(String name, int status, String message) {
            }

            @Override
            public void broke(String name, RuntimeException fault) {
                System.err.println("softcuda: " + name + " met a fault of the device's own");
                fault.printStackTrace();
            }
        });
    }
}
