package org.jengine.softcuda.simt;

import java.util.List;
import java.util.Map;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.Variable;

/**
 * What the names of a kernel and of the functions that it may call stand for.
 *
 * @param addresses      each variable's that is not local, in its own space
 * @param code           of the functions that may be called
 * @param numbers        of all functions of the module
 * @param parameterBytes of the kernel's arguments
 */
record Links(Map<Variable, Long> addresses, Map<Function, FunctionCode> code, Map<Function, Integer> numbers, int parameterBytes) {
    long address(Variable variable) {
        return addresses.get(variable);
    }

    long address(Function function) {
        return LoadedModule.address(numbers.get(function));
    }

    List<FunctionCode> callable() {
        return code.values().stream().filter(c -> !c.function().entry()).toList();
    }
}
