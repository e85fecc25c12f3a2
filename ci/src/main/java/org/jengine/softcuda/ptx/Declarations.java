package org.jengine.softcuda.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parses declarations: variables with their start values, parameters, registers, and places in the source. */
final class Declarations {
    private final TokenReader in;
    /** By file, line and column what was last said of them: a call that was itself drawn in from elsewhere comes before what it drew in. */
    private final Map<List<Integer>, Instruction.Place> drawnIn = new HashMap<>();

    Declarations(TokenReader in) {
        this.in = in;
    }

    /** The variables of a declaration, of which the space has been read. */
    List<Variable> variables(Space space, boolean external) {
        int align = 0;
        int vector = 1;
        Type type = null;
        while (in.peek().kind() == Token.Kind.DOT) {
            Token token = in.next();
            switch (token.text()) {
                case "align" -> align = in.integer();
                case "v2" -> vector = 2;
                case "v4" -> vector = 4;
                case "attribute" -> {
                    in.expect("(");
                    while (!in.accept(")")) {
                        in.next();
                    }
                }
                default -> type = type(token);
            }
        }
        if (type == null) {
            throw in.fault("a type expected");
        }
        List<Variable> made = new ArrayList<>();
        do {
            made.add(variable(space, external, align, type, vector));
        } while (in.accept(","));
        in.expect(";");
        return made;
    }

    private Variable variable(Space space, boolean external, int align, Type type, int vector) {
        int line = in.line();
        String name = in.word();
        List<Integer> sizes = sizes();
        List<Variable.Value> initial = null;
        if (in.accept("=")) {
            initial = new ArrayList<>();
            initial(type, initial, sizes, 0);
        }
        long count = vector;
        for (int size : sizes) {
            count *= size;
        }
        if (count == 0 && initial != null) {
            count = initial.size();
        }
        int natural = type.bytes() * vector;
        return new Variable(name, space, Math.max(align, natural), type, count * type.bytes(), external, initial, line);
    }

    private List<Integer> sizes() {
        List<Integer> sizes = new ArrayList<>();
        while (in.accept("[")) {
            sizes.add(in.peek().is("]") ? 0 : in.integer());
            in.expect("]");
        }
        return sizes;
    }

    /** Nested braces fill up with zeros what they leave out. */
    private void initial(Type type, List<Variable.Value> to, List<Integer> sizes, int depth) {
        if (!in.accept("{")) {
            to.add(value(type));
            return;
        }
        int size = 1;
        for (int k = depth + 1; k < sizes.size(); k++) {
            size *= sizes.get(k);
        }
        while (!in.accept("}")) {
            int start = to.size();
            boolean nested = in.peek().is("{");
            initial(type, to, sizes, depth + 1);
            while (nested && to.size() < start + size) {
                to.add(new Variable.Value(null, 0, false));
            }
            if (!in.peek().is("}")) {
                in.expect(",");
            }
        }
    }

    private Variable.Value value(Type type) {
        if (in.peek().kind() == Token.Kind.WORD) {
            boolean generic = in.peek().text().equals("generic") && in.peek(1).is("(");
            if (generic) {
                in.next();
                in.next();
            }
            String symbol = in.word();
            if (generic) {
                in.expect(")");
            }
            long added = 0;
            while (in.peek().is("+") || in.peek().is("-")) {
                boolean minus = in.next().is("-");
                long number = in.constant();
                added += minus ? -number : number;
            }
            return new Variable.Value(symbol, added, generic);
        }
        boolean negative = in.accept("-");
        Operand number = in.number();
        if (number instanceof Operand.Single single) {
            return new Variable.Value(null, negative ? single.bits() ^ Integer.MIN_VALUE : single.bits(), false);
        }
        if (number instanceof Operand.Real real) {
            double value = negative ? -real.value() : real.value();
            return new Variable.Value(null, type == Type.F32 ? Float.floatToRawIntBits((float) value) : Double.doubleToRawLongBits(value),
                    false);
        }
        long value = ((Operand.Int) number).value();
        return new Variable.Value(null, negative ? -value : value, false);
    }

    /** Parameters or results between parentheses; those that are registers are added to {@code registers} too. */
    List<Symbol> parameters(Scope scope, List<Symbol> registers) {
        List<Symbol> made = new ArrayList<>();
        in.expect("(");
        while (!in.accept(")")) {
            Symbol symbol = parameter(registers);
            String name = symbol instanceof Variable variable ? variable.name() : ((Symbol.Register) symbol).name();
            if (!scope.define(name, symbol)) {
                throw in.fault("Duplicate definition of parameter '" + name + "'");
            }
            made.add(symbol);
            if (!in.peek().is(")")) {
                in.expect(",");
            }
        }
        return made;
    }

    private Symbol parameter(List<Symbol> registers) {
        Token space = in.next();
        if (!space.dot("param") && !space.dot("reg")) {
            throw new PtxException(space.line(), "parsing error near " + space + ": a parameter expected");
        }
        int align = 0;
        Type type = null;
        while (in.peek().kind() == Token.Kind.DOT) {
            Token token = in.next();
            switch (token.text()) {
                case "align" -> align = in.integer();
                case "ptr", "global", "const", "shared", "local" -> { }
                default -> type = type(token);
            }
        }
        if (type == null) {
            throw in.fault("a type expected");
        }
        int line = in.line();
        String name = in.word();
        if (space.dot("reg")) {
            Symbol.Register register = new Symbol.Register(name, type, registers.size());
            registers.add(register);
            return register;
        }
        long bytes = type.bytes();
        for (int size : sizes()) {
            bytes *= size;
        }
        return new Variable(name, Space.PARAM, Math.max(align, type.bytes()), type, bytes, false, null, line);
    }

    /** The registers of a declaration, of which ".reg" has been read. */
    void registers(Scope scope, List<Symbol> all) {
        Token token = in.next();
        Type type = type(token);
        do {
            String name = in.word();
            if (in.accept("<")) {
                int count = in.integer();
                in.expect(">");
                for (int k = 0; k < count; k++) {
                    register(scope, name + k, type, all);
                }
            } else {
                register(scope, name, type, all);
            }
        } while (in.accept(","));
        in.expect(";");
    }

    private void register(Scope scope, String name, Type type, List<Symbol> all) {
        Symbol.Register made = new Symbol.Register(name, type, all.size());
        if (!scope.define(name, made)) {
            throw in.fault("Duplicate definition of register '" + name + "'");
        }
        all.add(made);
    }

    /** What follows ".loc"; null where the line is 0, which says nothing. */
    Instruction.Place place() {
        int file = in.integer();
        int line = in.integer();
        int column = in.integer();
        Instruction.Place caller = null;
        while (in.accept(",")) {
            if (in.word().equals("inlined_at")) {
                int callFile = in.integer();
                int callLine = in.integer();
                caller = drawnIn.getOrDefault(List.of(callFile, callLine, in.integer()), new Instruction.Place(callFile, callLine, null));
            } else {
                in.next();
                if (in.accept("+")) {
                    in.number();
                }
            }
        }
        if (line == 0) {
            return null;
        }
        Instruction.Place place = new Instruction.Place(file, line, caller);
        drawnIn.put(List.of(file, line, column), place);
        return place;
    }

    private static Type type(Token token) {
        Type type = token.kind() == Token.Kind.DOT ? Type.of(token.text()) : null;
        if (type == null) {
            throw new PtxException(token.line(), "parsing error near " + token + ": a type expected");
        }
        return type;
    }
}
