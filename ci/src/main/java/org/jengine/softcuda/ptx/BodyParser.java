package org.jengine.softcuda.ptx;

import java.util.ArrayList;
import java.util.List;

/** Parses a function's body. */
final class BodyParser {
    private static final int WARP = 32;

    private final TokenReader in;
    private final Declarations declarations;
    private final List<Symbol> registers;
    private final List<Instruction> body = new ArrayList<>();
    private final List<Variable> variables = new ArrayList<>();
    private Scope scope;
    private Instruction.Place place;

    BodyParser(TokenReader in, Declarations declarations, Scope scope, List<Symbol> registers) {
        this.in = in;
        this.declarations = declarations;
        this.scope = scope;
        this.registers = registers;
    }

    void parse(Function function) {
        in.expect("{");
        block();
        function.define(body, variables, registers.stream().map(Symbol.Register.class::cast).toList());
    }

    private void block() {
        while (!in.accept("}")) {
            statement();
        }
    }

    private void statement() {
        Token token = in.peek();
        if (in.accept(";")) {
            return;
        }
        if (in.accept("{")) {
            scope = new Scope(scope);
            block();
            scope = scope.outer();
        } else if (token.kind() == Token.Kind.DOT) {
            in.next();
            directive(token);
        } else if (token.kind() == Token.Kind.WORD && in.peek(1).is(":")) {
            label();
        } else if (token.kind() == Token.Kind.WORD || token.is("@")) {
            instruction();
        } else {
            throw in.fault("parsing error near " + token);
        }
    }

    private void directive(Token token) {
        switch (token.text()) {
            case "reg" -> declarations.registers(scope, registers);
            case "loc" -> {
                Instruction.Place next = declarations.place();
                place = next == null ? place : next;
            }
            case "pragma" -> in.skipStatement();
            default -> {
                Space space = Space.of(token.text());
                if (space == null) {
                    throw new PtxException(token.line(), "parsing error near " + token);
                }
                for (Variable made : declarations.variables(space, false)) {
                    if (!scope.define(made.name(), made)) {
                        throw new PtxException(made.line(), "Duplicate definition of variable '" + made.name() + "'");
                    }
                    variables.add(made);
                }
            }
        }
    }

    private void label() {
        int line = in.line();
        String name = in.word();
        in.expect(":");
        Symbol symbol;
        if (in.acceptDot("branchtargets")) {
            List<Operand.Name> labels = new ArrayList<>();
            do {
                labels.add(new Operand.Name(in.word(), scope));
            } while (in.accept(","));
            in.expect(";");
            symbol = new Symbol.Targets(labels);
        } else if (in.acceptDot("callprototype") || in.acceptDot("calltargets")) {
            in.skipStatement();
            symbol = new Symbol.Prototype(name);
        } else {
            symbol = new Symbol.Label(name, body.size());
        }
        if (!scope.define(name, symbol)) {
            throw new PtxException(line, "Duplicate definition of label '" + name + "'");
        }
    }

    private void instruction() {
        Operand.Reg guard = in.accept("@") ? guard() : null;
        int line = in.line();
        String opcode = in.word();
        List<String> modifiers = new ArrayList<>();
        while (in.peek().kind() == Token.Kind.DOT) {
            modifiers.add(in.next().text());
        }
        List<Operand> operands = new ArrayList<>();
        while (!in.accept(";")) {
            operands.add(operand());
            if (in.accept("|")) {
                operands.add(operand());
            }
            if (!in.peek().is(";") && !in.accept(",") && !opcode.equals("call")) {
                throw in.fault("parsing error near " + in.peek());
            }
        }
        body.add(new Instruction(guard, opcode, modifiers, operands, line, place));
    }

    private Operand.Reg guard() {
        boolean negated = in.accept("!");
        String name = in.word();
        if (scope.find(name) instanceof Symbol.Register register && register.type() == Type.PRED) {
            return new Operand.Reg(register, negated);
        }
        throw in.fault("'" + name + "' is no predicate");
    }

    private Operand operand() {
        Token token = in.peek();
        if (in.accept("{")) {
            return new Operand.Vector(list("}"));
        }
        if (in.accept("(")) {
            return new Operand.Group(list(")"));
        }
        if (in.accept("[")) {
            return address();
        }
        if (token.kind() == Token.Kind.WORD) {
            return named(false);
        }
        if (in.accept("!")) {
            return named(true);
        }
        return constant();
    }

    private List<Operand> list(String end) {
        List<Operand> elements = new ArrayList<>();
        while (!in.accept(end)) {
            elements.add(operand());
            if (!in.peek().is(end)) {
                in.expect(",");
            }
        }
        return elements;
    }

    private Operand constant() {
        boolean negative = in.accept("-");
        boolean inverted = in.accept("~");
        Operand number = in.number();
        if (number instanceof Operand.Int whole) {
            long value = inverted ? ~whole.value() : whole.value();
            return new Operand.Int(negative ? -value : value);
        }
        if (negative && number instanceof Operand.Single single) {
            return new Operand.Single(single.bits() ^ Integer.MIN_VALUE);
        }
        return negative && number instanceof Operand.Real real ? new Operand.Real(-real.value()) : number;
    }

    private Operand named(boolean negated) {
        String name = in.word();
        if (scope.find(name) instanceof Symbol.Register register) {
            return new Operand.Reg(register, negated);
        }
        if (negated) {
            throw in.fault("Unknown symbol '" + name + "'");
        }
        if (name.equals("_")) {
            return new Operand.Sink();
        }
        if (name.equals("WARP_SZ")) {
            return new Operand.Int(WARP);
        }
        if (name.startsWith("%")) {
            return new Operand.Special(in.peek().kind() == Token.Kind.DOT ? name + "." + in.next().text() : name);
        }
        Operand.Name symbol = new Operand.Name(name, scope);
        long offset = 0;
        while (in.accept("+")) {
            offset += in.constant();
        }
        return offset == 0 ? symbol : new Operand.Address(symbol, offset);
    }

    private Operand address() {
        Operand base = in.peek().kind() == Token.Kind.WORD ? named(false) : new Operand.Int(in.constant());
        long offset = 0;
        if (base instanceof Operand.Address sum) {
            base = sum.base();
            offset = sum.offset();
        }
        while (in.peek().is("+") || in.peek().is("-")) {
            boolean minus = in.next().is("-");
            long number = in.constant();
            offset += minus ? -number : number;
        }
        if (in.accept(",")) {
            // With coordinates, as textures and tensor maps have them: read to the end, so that the instruction is refused by its name.
            return new Operand.Vector(list("]"));
        }
        in.expect("]");
        return new Operand.Address(base, offset);
    }
}
