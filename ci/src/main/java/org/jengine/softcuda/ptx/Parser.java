package org.jengine.softcuda.ptx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses what stands outside of functions' bodies. */
final class Parser {
    private static final int OLDEST = 60;
    private static final int NEWEST = 93;

    private final String text;
    private final TokenReader in;
    private final Scope scope = new Scope(null);
    private final Declarations declarations;
    private final List<Variable> variables = new ArrayList<>();
    private final Map<String, Function> functions = new LinkedHashMap<>();
    private final Map<Integer, String> files = new LinkedHashMap<>();
    private int version;
    private String target;

    Parser(String text) {
        this.text = text;
        in = new TokenReader(text);
        declarations = new Declarations(in);
    }

    PtxModule module() {
        if (!in.acceptDot("version")) {
            throw in.fault("Missing .version directive at start of file");
        }
        version();
        if (!in.acceptDot("target")) {
            throw in.fault("Missing .target directive");
        }
        target();
        while (in.peek().kind() != Token.Kind.END) {
            item();
        }
        return new PtxModule(version, target, List.copyOf(variables), List.copyOf(functions.values()), Map.copyOf(files),
                text.lines().toList());
    }

    private void version() {
        int line = in.line();
        if (!(in.number() instanceof Operand.Real number)) {
            throw new PtxException(line, "a version as in 8.0 expected");
        }
        version = (int) Math.round(number.value() * 10);
        if (version < OLDEST || version > NEWEST) {
            throw new PtxException(line, "Unsupported .version " + number.value() + "; current version is '9.0'");
        }
    }

    private void target() {
        int line = in.line();
        target = in.word();
        if (!target.matches("sm_\\d+[af]?")) {
            throw new PtxException(line, "unknown target '" + target + "'");
        }
        while (in.accept(",")) {
            in.word();
        }
    }

    private void item() {
        if (in.accept(";")) {
            return;
        }
        Token start = in.next();
        if (start.kind() != Token.Kind.DOT) {
            throw new PtxException(start.line(), "parsing error near " + start);
        }
        switch (start.text()) {
            case "address_size" -> {
                int line = in.line();
                if (in.constant() != Long.SIZE) {
                    throw new PtxException(line, "only addresses of 64 bits are supported");
                }
            }
            case "file" -> file();
            case "section" -> {
                in.next();
                in.skipBlock();
            }
            case "pragma", "alias" -> in.skipStatement();
            case "loc" -> declarations.place();
            case "visible", "weak", "common" -> linked(start, false);
            case "extern" -> linked(start, true);
            case "entry", "func" -> function(start);
            default -> variable(start, false);
        }
    }

    private void linked(Token linkage, boolean external) {
        Token next = in.next();
        if (next.dot("entry") || next.dot("func")) {
            function(next);
        } else {
            variable(next, external && linkage.dot("extern"));
        }
    }

    private void file() {
        int number = in.integer();
        files.put(number, in.next().text());
        while (in.accept(",")) {
            in.number();
        }
    }

    private void variable(Token start, boolean external) {
        Space space = start.kind() == Token.Kind.DOT ? Space.of(start.text()) : null;
        if (space == null || space == Space.LOCAL || space == Space.PARAM) {
            throw new PtxException(start.line(), "parsing error near " + start);
        }
        for (Variable made : declarations.variables(space, external)) {
            Symbol known = scope.find(made.name());
            if (known instanceof Variable before && before.external()) {
                variables.remove(before);
            } else if (known != null && !made.external()) {
                throw new PtxException(made.line(), "Duplicate definition of variable '" + made.name() + "'");
            } else if (known != null) {
                continue;
            }
            scope.redefine(made.name(), made);
            variables.add(made);
        }
    }

    private void function(Token kind) {
        boolean entry = kind.dot("entry");
        Scope inner = new Scope(scope);
        List<Symbol> registers = new ArrayList<>();
        while (in.acceptDot("noreturn") || in.acceptDot("attribute")) {
            if (in.accept("(")) {
                in.next();
                in.expect(")");
            }
        }
        List<Symbol> results = in.peek().is("(") ? declarations.parameters(inner, registers) : List.of();
        int line = in.line();
        String name = in.word();
        List<Symbol> parameters = in.peek().is("(") ? declarations.parameters(inner, registers) : List.of();
        Function made = new Function(name, entry, line, results, parameters);
        directives(made);
        Function before = functions.get(name);
        if (before == null || before.body() == null) {
            functions.put(name, made);
            scope.redefine(name, made);
        }
        if (in.accept(";")) {
            return;
        }
        if (before != null && before.body() != null) {
            throw new PtxException(line, "Duplicate definition of function '" + name + "'");
        }
        new BodyParser(in, declarations, inner, registers).parse(made);
    }

    private void directives(Function made) {
        while (in.peek().kind() == Token.Kind.DOT) {
            Token token = in.next();
            switch (token.text()) {
                case "maxntid", "reqntid" -> {
                    int threads = in.integer();
                    while (in.accept(",")) {
                        threads *= in.integer();
                    }
                    made.limit(threads);
                }
                case "minnctapersm", "maxnctapersm", "maxnreg", "maxclusterrank" -> in.constant();
                case "reqnctapercluster" -> {
                    long blocks = in.constant();
                    while (in.accept(",")) {
                        blocks *= in.constant();
                    }
                    if (blocks > 1) {
                        throw new PtxException(token.line(), "clusters of " + blocks + " blocks");
                    }
                }
                case "pragma" -> in.skipStatement();
                case "noreturn", "explicitcluster", "blocksareclusters", "abi_preserve_control" -> { }
                default -> throw new PtxException(token.line(), "parsing error near " + token);
            }
        }
    }
}
