package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Instruction;
import org.jengine.softcuda.ptx.Operand;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.ptx.PtxModule;
import org.jengine.softcuda.ptx.Space;
import org.jengine.softcuda.ptx.Variable;

/** A module with memory for its variables, and its kernels ready to run. */
public final class LoadedModule {
    /** Function pointers start here, where no memory ever is. */
    private static final long FUNCTIONS = 0x4f00_0000_0000L;
    private static final int FUNCTION_BYTES = 16;
    private static final int DYNAMIC_ALIGNMENT = 16;

    private final PtxModule text;
    private final AddressSpace space;
    private final Map<String, Allocation> variables = new HashMap<>();
    private final Map<Variable, Long> addresses = new HashMap<>();
    private final Map<Function, Integer> numbers = new HashMap<>();
    private final Map<String, Function> functions = new HashMap<>();
    private final Map<String, KernelCode> kernels = new LinkedHashMap<>();

    private LoadedModule(PtxModule text, AddressSpace space) {
        this.text = text;
        this.space = space;
    }

    /**
     * Gives variables memory with their start values, and makes every function ready to run.
     *
     * @throws PtxException with the line of the first thing that cannot be run; then nothing stays allocated
     */
    public static LoadedModule load(PtxModule text, AddressSpace space) {
        LoadedModule made = new LoadedModule(text, space);
        try {
            made.makeVariables();
            made.makeFunctions();
        } catch (PtxException e) {
            made.unload();
            throw e;
        }
        return made;
    }

    /** The address by which pointers name a function. */
    static long address(int number) {
        return FUNCTIONS + (long) FUNCTION_BYTES * number;
    }

    private void makeVariables() {
        for (Function function : text.functions()) {
            numbers.put(function, numbers.size());
            functions.put(function.name(), function);
        }
        for (Variable variable : text.variables()) {
            if (variable.space() == Space.SHARED || variable.external()) {
                continue;
            }
            Allocation.Kind kind = variable.space() == Space.CONST ? Allocation.Kind.CONSTANT : Allocation.Kind.GLOBAL;
            Allocation memory = space.allocate(kind, Math.max(1, variable.bytes()), "variable " + variable.name());
            variables.put(variable.name(), memory);
            addresses.put(variable, memory.base());
        }
        for (Variable variable : text.variables()) {
            if (variable.external() && variable.space() != Space.SHARED) {
                Allocation memory = variables.get(variable.name());
                if (memory == null) {
                    throw new PtxException(variable.line(), "Unresolved extern variable '" + variable.name() + "'");
                }
                addresses.put(variable, memory.base());
            }
            if (variable.initial() != null) {
                initialise(variable);
            }
        }
    }

    private void initialise(Variable variable) {
        Allocation memory = variables.get(variable.name());
        int width = variable.type().bytes();
        if ((long) variable.initial().size() * width > memory.bytes()) {
            throw new PtxException(variable.line(), "Too many initial values for '" + variable.name() + "'");
        }
        byte[] bytes = new byte[Math.multiplyExact(variable.initial().size(), width)];
        for (int k = 0; k < variable.initial().size(); k++) {
            Variable.Value value = variable.initial().get(k);
            Transfer.put(bytes, k * width, width, value.bits() + (value.symbol() == null ? 0 : address(value.symbol(), variable.line())));
        }
        memory.write(0, bytes, 0, bytes.length);
    }

    private long address(String symbol, int line) {
        Allocation memory = variables.get(symbol);
        if (memory != null) {
            return memory.base();
        }
        if (!functions.containsKey(symbol)) {
            throw new PtxException(line, "Unknown symbol '" + symbol + "'");
        }
        return address(numbers.get(functions.get(symbol)));
    }

    private void makeFunctions() {
        Set<Function> reached = new LinkedHashSet<>();
        for (Function function : text.functions()) {
            if (function.entry() && function.body() != null) {
                List<FunctionCode> code = link(function, reached);
                kernels.put(function.name(), kernel(function, code));
            }
        }
        for (Function function : text.functions()) {
            if (function.body() != null && !reached.contains(function)) {
                link(function, reached);
            }
        }
    }

    /** Makes a function and all that it may call ready; the function itself comes first. */
    private List<FunctionCode> link(Function function, Set<Function> reached) {
        Set<Function> all = callees(function);
        reached.addAll(all);
        Map<Function, FunctionCode> code = new LinkedHashMap<>();
        all.forEach(f -> code.put(f, new FunctionCode(numbers.get(f), f)));
        Map<Variable, Long> places = new HashMap<>(addresses);
        places.putAll(new SharedLayout(all).places());
        Map<Variable, Integer> parameters = parameters(function);
        parameters.forEach((variable, offset) -> places.put(variable, (long) offset));
        int bytes = parameters.entrySet().stream().mapToInt(e -> e.getValue() + (int) e.getKey().bytes()).max().orElse(0);
        Links links = new Links(places, code, numbers, bytes);
        code.values().forEach(c -> Lowering.lower(c, links));
        return List.copyOf(code.values());
    }

    private Set<Function> callees(Function function) {
        Set<Function> all = new LinkedHashSet<>();
        List<Function> open = new ArrayList<>(List.of(function));
        while (!open.isEmpty()) {
            Function next = open.remove(open.size() - 1);
            if (next.body() == null || !all.add(next)) {
                continue;
            }
            for (Instruction instruction : next.body()) {
                if (instruction.opcode().equals("call")) {
                    Operand first = instruction.operands().get(0);
                    Operand target = first instanceof Operand.Group ? instruction.operands().get(1) : first;
                    if (target instanceof Operand.Name name && name.symbol() instanceof Function callee) {
                        open.add(callee);
                    } else {
                        text.functions().stream().filter(f -> !f.entry()).forEach(open::add);
                    }
                }
            }
        }
        return all;
    }

    private static Map<Variable, Integer> parameters(Function function) {
        Map<Variable, Integer> places = new LinkedHashMap<>();
        int offset = 0;
        for (var symbol : function.entry() ? function.parameters() : List.<org.jengine.softcuda.ptx.Symbol>of()) {
            Variable variable = (Variable) symbol;
            offset = (offset + variable.align() - 1) / variable.align() * variable.align();
            places.put(variable, offset);
            offset += (int) variable.bytes();
        }
        return places;
    }

    private KernelCode kernel(Function function, List<FunctionCode> code) {
        List<Kernel.Parameter> parameters = new ArrayList<>();
        parameters(function).forEach((variable, offset) ->
                parameters.add(new Kernel.Parameter(variable.name(), offset, (int) variable.bytes())));
        SharedLayout shared = new SharedLayout(code.stream().map(FunctionCode::function).toList());
        return new KernelCode(this, code, List.copyOf(parameters), shared.bytes(), shared.dynamicStart());
    }

    /** Where the shared variables of some functions lie in a block's shared memory. */
    private static final class SharedLayout {
        private final Map<Variable, Long> places = new LinkedHashMap<>();
        private int bytes;
        private int dynamicStart;

        SharedLayout(Collection<Function> functions) {
            Set<Variable> used = new LinkedHashSet<>();
            for (Function function : functions) {
                function.variables().stream().filter(v -> v.space() == Space.SHARED).forEach(used::add);
                function.body().forEach(i -> i.operands().forEach(o -> collect(o, used)));
            }
            int most = DYNAMIC_ALIGNMENT;
            for (Variable variable : used) {
                if (variable.bytes() == 0) {
                    most = Math.max(most, variable.align());
                } else {
                    bytes = (bytes + variable.align() - 1) / variable.align() * variable.align();
                    places.put(variable, (long) bytes);
                    bytes += (int) variable.bytes();
                }
            }
            boolean dynamic = used.stream().anyMatch(v -> v.bytes() == 0);
            dynamicStart = dynamic ? (bytes + most - 1) / most * most : bytes;
            used.stream().filter(v -> v.bytes() == 0).forEach(v -> places.put(v, (long) dynamicStart));
        }

        private static void collect(Operand operand, Set<Variable> used) {
            if (operand instanceof Operand.Name name && name.symbol() instanceof Variable variable && variable.space() == Space.SHARED) {
                used.add(variable);
            } else if (operand instanceof Operand.Address address) {
                collect(address.base(), used);
            }
        }

        Map<Variable, Long> places() {
            return places;
        }

        int bytes() {
            return bytes;
        }

        int dynamicStart() {
            return dynamicStart;
        }
    }

    /** Null if there is no such kernel. */
    public Kernel kernel(String name) {
        return kernels.get(name);
    }

    /** In the order of the text. */
    public Collection<Kernel> kernels() {
        return List.copyOf(kernels.values());
    }

    /** The memory of a variable of global or constant space, or null if there is no such variable. */
    public Allocation variable(String name) {
        return variables.get(name);
    }

    /** Frees the variables. */
    public void unload() {
        variables.values().stream().filter(Allocation::live).forEach(space::free);
    }

    List<String> lines() {
        return text.lines();
    }

    /** A place in the source as in "adam.cu:12", or null. What was drawn in from the toolkit's headers counts as where it was called. */
    String place(Instruction.Place place) {
        if (place == null) {
            return null;
        }
        String file = text.files().getOrDefault(place.file(), "");
        if (file.contains("/include/") && place.caller() != null) {
            return place(place.caller());
        }
        return file.isEmpty() ? null : file.substring(file.lastIndexOf('/') + 1) + ":" + place.line();
    }
}
