package org.jengine.softcuda.ptx;

import java.util.ArrayList;
import java.util.List;

/** Cuts the text into tokens. */
final class Lexer {
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    private Lexer(String text) {
        this.text = text;
    }

    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (true) {
            skipBlank();
            if (at >= text.length() || text.charAt(at) == 0) {
                tokens.add(new Token(Token.Kind.END, "", line));
                return;
            }
            char c = text.charAt(at);
            if (c == '"') {
                string();
            } else if (digit(c)) {
                number();
            } else if (c == '.' && at + 1 < text.length() && word(text.charAt(at + 1))) {
                dotted();
            } else if (word(c) || c == '%') {
                int from = at++;
                skipWord();
                add(Token.Kind.WORD, from);
            } else {
                at++;
                add(Token.Kind.MARK, at - 1);
            }
        }
    }

    private void add(Token.Kind kind, int from) {
        tokens.add(new Token(kind, text.substring(from, at), line));
    }

    private void skipBlank() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
                at++;
            } else if (Character.isWhitespace(c)) {
                at++;
            } else if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw new PtxException(line, "comment without end");
                }
                line += (int) text.substring(at, end).chars().filter(ch -> ch == '\n').count();
                at = end + 2;
            } else {
                return;
            }
        }
    }

    private void string() {
        int end = text.indexOf('"', at + 1);
        if (end < 0) {
            throw new PtxException(line, "string without end");
        }
        tokens.add(new Token(Token.Kind.STRING, text.substring(at + 1, end), line));
        at = end + 1;
    }

    /** Modifiers may hold names of parts, as in .shared::cta. */
    private void dotted() {
        int from = ++at;
        skipWord();
        while (text.startsWith("::", at)) {
            at += 2;
            skipWord();
        }
        add(Token.Kind.DOT, from);
    }

    private void number() {
        int from = at;
        skipWord();
        String start = text.substring(from, at);
        boolean marked = start.length() > 1 && start.charAt(0) == '0' && "xXfFdDbB".indexOf(start.charAt(1)) >= 0;
        if (!marked && at < text.length() && text.charAt(at) == '.') {
            at++;
            skipWord();
        }
        char last = text.charAt(at - 1);
        if (!marked && (last == 'e' || last == 'E') && at < text.length() && "+-".indexOf(text.charAt(at)) >= 0) {
            at++;
            skipWord();
        }
        add(Token.Kind.NUMBER, from);
    }

    private void skipWord() {
        while (at < text.length() && word(text.charAt(at))) {
            at++;
        }
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean word(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digit(c) || c == '_' || c == '$';
    }
}
