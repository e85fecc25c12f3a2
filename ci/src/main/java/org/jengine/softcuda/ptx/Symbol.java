package org.jengine.softcuda.ptx;

import java.util.List;

/** What a name in the text stands for. */
public sealed interface Symbol permits Symbol.Register, Symbol.Label, Symbol.Targets, Symbol.Prototype, Variable, Function {
    /**
     * A register.
     *
     * @param number counts the registers of a function
     */
    record Register(String name, Type type, int number) implements Symbol {
    }

    /**
     * A place in a function's body.
     *
     * @param index of the instruction that follows it
     */
    record Label(String name, int index) implements Symbol {
    }

    /** Where an indexed branch may go. */
    record Targets(List<Operand.Name> labels) implements Symbol {
    }

    /** The declaration that an indirect call names. */
    record Prototype(String name) implements Symbol {
    }
}
