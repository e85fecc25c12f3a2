package org.jengine.softcuda.ptx;

import java.util.List;

/** What an instruction works on. */
public sealed interface Operand {
    /** A register, or if {@code negated} the opposite of a predicate. */
    record Reg(Symbol.Register register, boolean negated) implements Operand {
    }

    /** An integer constant; of an unsigned one its 64 bits. */
    record Int(long value) implements Operand {
    }

    /** A constant of 32 bits, as in 0f3F800000. */
    record Single(int bits) implements Operand {
    }

    /** A constant of 64 bits, as in 0d3FF0000000000000 or 1.0. */
    record Real(double value) implements Operand {
    }

    /** A variable, label, function or table; what it stands for may follow later in the text. */
    record Name(String name, Scope scope) implements Operand {
        /** Null if nothing has that name. */
        public Symbol symbol() {
            return scope.find(name);
        }
    }

    /** A register that the machine sets, as in %tid.x. */
    record Special(String name) implements Operand {
    }

    /** The place of a value that nobody wants. */
    record Sink() implements Operand {
    }

    /** Operands between braces. */
    record Vector(List<Operand> elements) implements Operand {
    }

    /** Operands between parentheses, as calls have them. */
    record Group(List<Operand> elements) implements Operand {
    }

    /**
     * An address between brackets.
     *
     * @param base   a register, a name or a constant
     * @param offset in bytes
     */
    record Address(Operand base, long offset) implements Operand {
    }
}
