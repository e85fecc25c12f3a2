package org.jengine.softcuda.wire;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The program's side of memory and its callbacks. The device's process shares no memory with the program: a thread of the C library, the
 * "host thread", does here what a GPU would do by DMA, and calls what the program wants called.
 *
 * <p>Every command is {@code u32 length, u8 command, arguments} and is answered by {@code u32 length, u8 failed, bytes}.
 */
public final class Host {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int CALL = 3;
    private static final int PROTECT = 4;
    private static final int MAP = 5;
    private static final int UNMAP = 6;

    /** Who may touch host memory while the device uses it. */
    public enum Protection { NONE, READ_ONLY, FREE }

    private final OutputStream commands;
    private final DataInputStream answers;

    public Host(OutputStream commands, InputStream answers) {
        this.commands = commands;
        this.answers = new DataInputStream(answers);
    }

    /**
     * Copies out of the program's memory.
     *
     * @throws HostMemoryException if the program has no memory there
     */
    public byte[] read(long address, int bytes) {
        byte[] read = ask(message(READ, 16).putLong(address).putLong(bytes));
        if (read == null) {
            throw new HostMemoryException(address, bytes);
        }
        return read;
    }

    /**
     * Copies into the program's memory.
     *
     * @throws HostMemoryException if the program has no memory there that may be written
     */
    public void write(long address, byte[] bytes) {
        if (ask(message(WRITE, 8 + bytes.length).putLong(address).put(bytes)) == null) {
            throw new HostMemoryException(address, bytes.length);
        }
    }

    /**
     * Calls {@code function} on the host thread and waits for its end; {@code arguments} are its integer and pointer arguments, four at
     * most.
     */
    public void call(long function, long... arguments) {
        ByteBuffer message = message(CALL, 8 * (1 + arguments.length)).putLong(function);
        for (long argument : arguments) {
            message.putLong(argument);
        }
        ask(message);
    }

    /** Gives the program zeroed pages at an address of the device's choosing; returns whether the address was free there. */
    public boolean map(long address, long bytes) {
        return ask(message(MAP, 16).putLong(address).putLong(bytes)) != null;
    }

    /** Takes the pages that {@link #map} gave. */
    public void unmap(long address) {
        ask(message(UNMAP, 8).putLong(address));
    }

    /**
     * Says who may touch a range of mapped memory. A touch that is not allowed is noted by the C library, let through, and told with the
     * program's next call as softcudaTouch: whether it wrote (i32), the range's number (i64), the address (i64).
     *
     * @param range the range's number: the same when it ends, by {@link Protection#FREE}
     */
    public void protect(long range, long address, long bytes, Protection protection) {
        ask(message(PROTECT, 25).putLong(range).putLong(address).putLong(bytes).put((byte) protection.ordinal()));
    }

    private static ByteBuffer message(int command, int bytes) {
        return ByteBuffer.allocate(Integer.BYTES + 1 + bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(1 + bytes).put((byte) command);
    }

    private synchronized byte[] ask(ByteBuffer message) {
        try {
            commands.write(message.array());
            commands.flush();
            byte[] answer = new byte[Integer.reverseBytes(answers.readInt())];
            answers.readFully(answer);
            return answer[0] == 0 ? Arrays.copyOfRange(answer, 1, answer.length) : null;
        } catch (EOFException e) {
            throw new UncheckedIOException("the program ended", e);
        } catch (IOException e) {
            throw new UncheckedIOException("no answer from the program", e);
        }
    }
}
