package org.jengine.softcuda.blas;

import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Host;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Submitter;
import org.jengine.softcuda.work.Turn;

/**
 * Copies of vectors and matrices between the program and the device. A vector with a step is a matrix of one row. The blocking ones wait
 * for their
 * copy; their elements travel with the call, packed by the C side. The others touch host memory when the stream comes to them.
 */
final class Transfers {
    private final View view;
    private final Submitter submitter;
    private final Host host;

    Transfers(View view, Submitter submitter, Host host) {
        this.view = view;
        this.submitter = submitter;
        this.host = host;
    }

    /** A matrix of elements of {@code bytes} bytes; {@code ld} elements lie from one column to the next. */
    private record Place(long rows, long columns, long bytes, long address, long ld) {
        long run() {
            return rows * bytes;
        }

        boolean packed() {
            return ld == rows || columns <= 1;
        }

        long column(long number) {
            return address + number * ld * bytes;
        }
    }

    void provide(CallTable calls) {
        for (String kind : new String[] {"Vector", "Matrix"}) {
            for (String sizes : new String[] {"", "_64"}) {
                calls.add("cublasSet" + kind + sizes, this::set);
                calls.add("cublasGet" + kind + sizes, this::get);
                calls.add("cublasSet" + kind + "Async" + sizes, this::setLater);
                calls.add("cublasGet" + kind + "Async" + sizes, this::getLater);
            }
        }
    }

    private int set(Request request, Reply reply) {
        Place device = place(request);
        byte[] packed = request.bytes();
        if (empty(device)) {
            return Status.SUCCESS;
        }
        perform(request, 0, turn -> scatter(turn, device, packed), true);
        return Status.SUCCESS;
    }

    private int get(Request request, Reply reply) {
        Place device = place(request);
        byte[][] result = {new byte[0]};
        if (!empty(device)) {
            perform(request, 0, turn -> result[0] = gather(turn, device), true);
        }
        reply.bytes(result[0]);
        return Status.SUCCESS;
    }

    private int setLater(Request request, Reply reply) {
        Place device = place(request);
        Place program = new Place(device.rows, device.columns, device.bytes, request.i64(), request.i64());
        checked(request, program);
        long stream = request.i64();
        if (!empty(device)) {
            perform(request, stream, turn -> {
                byte[] packed = new byte[Math.toIntExact(device.run() * device.columns)];
                for (int column = 0; column < device.columns; column++) {
                    byte[] part = host.read(program.column(column), (int) device.run());
                    System.arraycopy(part, 0, packed, (int) (column * device.run()), part.length);
                }
                scatter(turn, device, packed);
            }, false);
        }
        return Status.SUCCESS;
    }

    private int getLater(Request request, Reply reply) {
        Place device = place(request);
        Place program = new Place(device.rows, device.columns, device.bytes, request.i64(), request.i64());
        checked(request, program);
        long stream = request.i64();
        if (!empty(device)) {
            perform(request, stream, turn -> {
                byte[] packed = gather(turn, device);
                for (int column = 0; column < device.columns; column++) {
                    int at = (int) (column * device.run());
                    host.write(program.column(column), java.util.Arrays.copyOfRange(packed, at, at + (int) device.run()));
                }
            }, false);
        }
        return Status.SUCCESS;
    }

    private void scatter(Turn turn, Place to, byte[] packed) {
        if (to.packed()) {
            view.writeBytes(turn, to.address, packed);
            return;
        }
        for (int column = 0; column < to.columns; column++) {
            int at = (int) (column * to.run());
            view.writeBytes(turn, to.column(column), java.util.Arrays.copyOfRange(packed, at, at + (int) to.run()));
        }
    }

    private byte[] gather(Turn turn, Place from) {
        if (from.packed()) {
            return view.readBytes(turn, from.address, from.run() * from.columns);
        }
        byte[] packed = new byte[Math.toIntExact(from.run() * from.columns)];
        for (int column = 0; column < from.columns; column++) {
            byte[] part = view.readBytes(turn, from.column(column), from.run());
            System.arraycopy(part, 0, packed, (int) (column * from.run()), part.length);
        }
        return packed;
    }

    private Place place(Request request) {
        Place place = new Place(request.i64(), request.i64(), request.i64(), request.i64(), request.i64());
        checked(request, place);
        return place;
    }

    private static void checked(Request request, Place place) {
        if (place.rows < 0 || place.columns < 0 || place.bytes <= 0 || place.ld <= 0 || place.ld < place.rows) {
            throw Status.invalid(request.name() + ": " + place.rows + " x " + place.columns + " elements of " + place.bytes
                    + " bytes, leading dimension " + place.ld);
        }
    }

    private static boolean empty(Place place) {
        return place.rows == 0 || place.columns == 0;
    }

    private void perform(Request request, long stream, java.util.function.Consumer<Turn> body, boolean wait) {
        try {
            submitter.submit(request.thread(), stream, new Task(request.name(), body, Cost.NONE, new long[0]));
            if (wait) {
                submitter.await(request.thread(), stream);
            }
        } catch (CudaError e) {
            throw new CudaError(Status.EXECUTION_FAILED, e.getMessage());
        }
    }
}
