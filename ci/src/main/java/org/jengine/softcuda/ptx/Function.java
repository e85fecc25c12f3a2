package org.jengine.softcuda.ptx;

import java.util.List;

/** A kernel or a device function: a declaration only if {@link #body} is null. */
public final class Function implements Symbol {
    private final String name;
    private final boolean entry;
    private int line;
    private List<Symbol> parameters;
    private List<Symbol> results;
    private List<Instruction> body;
    private List<Variable> variables;
    private List<Register> registers;
    private int maxThreads;

    Function(String name, boolean entry, int line, List<Symbol> results, List<Symbol> parameters) {
        this.name = name;
        this.entry = entry;
        declare(line, results, parameters);
    }

    /** It is declared, perhaps once more: a definition that follows has symbols of its own. */
    void declare(int at, List<Symbol> out, List<Symbol> in) {
        line = at;
        results = List.copyOf(out);
        parameters = List.copyOf(in);
    }

    void limit(int threads) {
        maxThreads = threads;
    }

    void define(List<Instruction> instructions, List<Variable> own, List<Register> used) {
        body = List.copyOf(instructions);
        variables = List.copyOf(own);
        registers = List.copyOf(used);
    }

    public String name() {
        return name;
    }

    /** Whether a launch may start it. */
    public boolean entry() {
        return entry;
    }

    public int line() {
        return line;
    }

    /** Registers or variables of the parameter space. */
    public List<Symbol> parameters() {
        return parameters;
    }

    /** Registers or variables of the parameter space. */
    public List<Symbol> results() {
        return results;
    }

    public List<Instruction> body() {
        return body;
    }

    /** The variables declared in the body, of all scopes. */
    public List<Variable> variables() {
        return variables;
    }

    /** Every register by its number. */
    public List<Register> registers() {
        return registers;
    }

    /** The most threads of a block that it allows, or 0 if it says nothing. */
    public int maxThreads() {
        return maxThreads;
    }
}
