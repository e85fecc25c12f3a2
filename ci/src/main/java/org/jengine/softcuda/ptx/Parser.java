package org.jengine.softcuda.ptx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    private final Set<String> shared = new HashSet<>();
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
        return new PtxModule(version, target, List.copyOf(variables), List.copyOf(functions.values()), Set.copyOf(shared),
                Map.copyOf(files), text.lines().toList());
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
            case "visible", "weak", "common" -> linked(false);
            case "extern" -> linked(true);
            case "entry", "func" -> function(start);
            default -> variable(start, false);
        }
    }

    /** What has a linkage is known to other modules. */
    private void linked(boolean external) {
        Token next = in.next();
        if (next.dot("entry") || next.dot("func")) {
            shared.add(function(next));
        } else {
            shared.addAll(variable(next, external));
        }
    }

    private void file() {
        int number = in.integer();
        files.put(number, in.next().text());
        while (in.accept(",")) {
            in.number();
        }
    }

    /** Returns the names. */
    private List<String> variable(Token start, boolean external) {
        Space space = start.kind() == Token.Kind.DOT ? Space.of(start.text()) : null;
        if (space == null || space == Space.LOCAL || space == Space.PARAM) {
            throw new PtxException(start.line(), "parsing error near " + start);
        }
        List<Variable> all = declarations.variables(space, external);
        for (Variable made : all) {
            Symbol known = scope.find(made.name());
            boolean declared = known instanceof Variable before && before.external();
            if (known != null && !declared && !made.external()) {
                throw new PtxException(made.line(), "Duplicate definition of variable '" + made.name() + "'");
            } else if (known != null && made.external()) {
                continue;
            }
            scope.redefine(made.name(), made);
            variables.add(made);
        }
        return all.stream().map(Variable::name).toList();
    }

    /** Returns its name. */
    private String function(Token kind) {
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
        Function made = functions.computeIfAbsent(name, key -> new Function(name, entry, line, results, parameters));
        boolean defined = made.body() != null;
        scope.redefine(name, made);
        // Calls before the definition name the declaration, so both are one.
        directives(defined ? new Function(name, entry, line, results, parameters) : made);
        if (in.accept(";")) {
            return name;
        }
        if (defined) {
            throw new PtxException(line, "Duplicate definition of function '" + name + "'");
        }
        made.declare(line, results, parameters);
        new BodyParser(in, declarations, inner, registers).parse(made);
        return name;
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
