package org.jengine.softcuda.driver;

import java.util.HashMap;
import java.util.Map;

/** A loaded module. */
final class CudaModule {
    private final Context context;
    private final Program program;
    private final int ptxVersion;
    private final int target;
    private final Map<String, CudaFunction> functions = new HashMap<>();

    /**
     * @param ptxVersion of the text, times ten
     * @param target     the compute capability it was made for, times ten
     */
    CudaModule(Context context, Program program, int ptxVersion, int target) {
        this.context = context;
        this.program = program;
        this.ptxVersion = ptxVersion;
        this.target = target;
    }

    Context context() {
        return context;
    }

    Program program() {
        return program;
    }

    int ptxVersion() {
        return ptxVersion;
    }

    int target() {
        return target;
    }

    /** The functions that were asked for, by name: one is handed out once. */
    Map<String, CudaFunction> functions() {
        return functions;
    }
}
