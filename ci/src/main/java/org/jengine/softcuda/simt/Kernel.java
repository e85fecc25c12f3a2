package org.jengine.softcuda.simt;

import java.util.List;

/** A kernel of a loaded module, ready to run. */
public interface Kernel {
    /**
     * A parameter's place among a launch's arguments.
     *
     * @param offset in bytes from the start of the arguments
     * @param bytes  its size
     */
    record Parameter(String name, int offset, int bytes) {
    }

    String name();

    List<Parameter> parameters();

    /** Bytes of shared memory that the kernel declares. */
    int staticShared();

    /** Bytes of local memory a thread declares. */
    int localBytes();

    /** The most threads of a block that the kernel allows (.maxntid, .reqntid), or 0 if it says nothing. */
    int maxThreads();

    /** How many instructions it has; {@link Watch} names them by number. */
    int instructions();

    /** The text of an instruction, as the module has it. */
    String text(int pc);

    /** The line of PTX. */
    int ptxLine(int pc);

    /** The line of the source, as in "adam.cu:12", or null where the module does not say. */
    String sourceLine(int pc);
}
