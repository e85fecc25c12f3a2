package org.jengine.softcuda.ptx;

import java.util.List;

/** Walks over the tokens of a text, with the small things that all of the parser needs. */
final class TokenReader {
    private final List<Token> tokens;
    private int at;

    TokenReader(String text) {
        tokens = Lexer.tokens(text);
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    int line() {
        return peek().line();
    }

    boolean accept(String mark) {
        if (peek().is(mark)) {
            at++;
            return true;
        }
        return false;
    }

    boolean acceptDot(String word) {
        if (peek().dot(word)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String mark) {
        if (!accept(mark)) {
            throw fault("parsing error near " + peek() + ": '" + mark + "' expected");
        }
    }

    String word() {
        if (peek().kind() != Token.Kind.WORD) {
            throw fault("parsing error near " + peek() + ": a name expected");
        }
        return next().text();
    }

    int integer() {
        return Math.toIntExact(constant());
    }

    /** A whole number with its sign. */
    long constant() {
        boolean negative = accept("-");
        int line = line();
        if (!(number() instanceof Operand.Int number)) {
            throw new PtxException(line, "an integer expected");
        }
        return negative ? -number.value() : number.value();
    }

    /** A constant as the text has it, without its sign. */
    Operand number() {
        Token token = peek();
        if (token.kind() != Token.Kind.NUMBER) {
            throw fault("parsing error near " + token + ": a number expected");
        }
        at++;
        String text = token.text();
        try {
            if (text.startsWith("0f") || text.startsWith("0F")) {
                return new Operand.Single(Integer.parseUnsignedInt(text.substring(2), 16));
            }
            if (text.startsWith("0d") || text.startsWith("0D")) {
                return new Operand.Real(Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(2), 16)));
            }
            String digits = text.endsWith("U") || text.endsWith("u") ? text.substring(0, text.length() - 1) : text;
            if (digits.startsWith("0x") || digits.startsWith("0X")) {
                return new Operand.Int(Long.parseUnsignedLong(digits.substring(2), 16));
            }
            if (digits.startsWith("0b") || digits.startsWith("0B")) {
                return new Operand.Int(Long.parseUnsignedLong(digits.substring(2), 2));
            }
            if (digits.contains(".") || digits.contains("e") || digits.contains("E")) {
                return new Operand.Real(Double.parseDouble(digits));
            }
            boolean octal = digits.length() > 1 && digits.startsWith("0");
            return new Operand.Int(Long.parseUnsignedLong(digits, octal ? 8 : 10));
        } catch (NumberFormatException e) {
            throw new PtxException(token.line(), "'" + text + "' is no number");
        }
    }

    /** Passes over a block in braces, whatever is in it. */
    void skipBlock() {
        expect("{");
        for (int depth = 1; depth > 0;) {
            Token token = next();
            if (token.kind() == Token.Kind.END) {
                throw fault("'}' expected");
            }
            depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
        }
    }

    /** Passes over what is left of a statement. */
    void skipStatement() {
        while (!accept(";")) {
            if (next().kind() == Token.Kind.END) {
                throw fault("';' expected");
            }
        }
    }

    PtxException fault(String message) {
        return new PtxException(line(), message);
    }
}
