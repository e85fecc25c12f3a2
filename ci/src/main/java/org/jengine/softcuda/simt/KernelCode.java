package org.jengine.softcuda.simt;

import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.ptx.Instruction;

/** A kernel with the functions that it may call: their instructions are numbered on, one function behind the other. */
final class KernelCode implements Kernel {
    private final LoadedModule module;
    private final FunctionCode code;
    private final List<Parameter> parameters;
    private final int staticShared;
    private final int dynamicStart;
    private final List<FunctionCode> functions;
    private final int[] starts;
    private final int[] startOfNumber;
    private final int instructions;
    private Block spare;

    /** @param functions the kernel itself first */
    KernelCode(LoadedModule module, List<FunctionCode> functions, List<Parameter> parameters, int staticShared, int dynamicStart) {
        this.module = module;
        this.functions = functions;
        this.parameters = parameters;
        this.staticShared = staticShared;
        this.dynamicStart = dynamicStart;
        code = functions.get(0);
        starts = new int[functions.size()];
        startOfNumber = new int[functions.stream().mapToInt(FunctionCode::number).max().orElseThrow() + 1];
        int next = 0;
        for (int k = 0; k < starts.length; k++) {
            starts[k] = next;
            startOfNumber[functions.get(k).number()] = next;
            next += functions.get(k).function().body().size();
        }
        instructions = next;
    }

    FunctionCode code() {
        return code;
    }

    LoadedModule module() {
        return module;
    }

    /** The number here of an instruction of a function. */
    int pc(FunctionCode function, int instruction) {
        return startOfNumber[function.number()] + instruction;
    }

    private FunctionCode functionAt(int pc) {
        int found = Arrays.binarySearch(starts, pc);
        return functions.get(found >= 0 ? found : -found - 2);
    }

    private Instruction instruction(int pc) {
        FunctionCode function = functionAt(pc);
        return function.instruction(pc - startOfNumber[function.number()]);
    }

    /** A block that ran before with as many threads, or a new one. */
    Block spare(Run run) {
        Block block = spare;
        spare = null;
        return block != null && block.threads() == run.launch().threads() ? block : new Block(run);
    }

    void keep(Block block) {
        spare = block;
    }

    /** Where in a block's shared memory that of the launch starts. */
    int dynamicStart() {
        return dynamicStart;
    }

    @Override
    public String name() {
        return code.function().name();
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public int staticShared() {
        return staticShared;
    }

    @Override
    public int localBytes() {
        return code.localBytes();
    }

    @Override
    public int maxThreads() {
        return code.function().maxThreads();
    }

    @Override
    public int instructions() {
        return instructions;
    }

    @Override
    public String text(int pc) {
        String line = module.lines().get(ptxLine(pc) - 1);
        // Inline assembler may have a line with declarations and several instructions.
        int name = line.indexOf(instruction(pc).name());
        int start = name < 0 ? 0 : Math.max(line.lastIndexOf(';', name), line.lastIndexOf('{', name)) + 1;
        int end = name < 0 ? -1 : line.indexOf(';', name);
        return line.substring(start, end < 0 ? line.length() : end + 1).strip();
    }

    @Override
    public int ptxLine(int pc) {
        return instruction(pc).line();
    }

    @Override
    public String sourceLine(int pc) {
        return module.place(instruction(pc).place());
    }
}
