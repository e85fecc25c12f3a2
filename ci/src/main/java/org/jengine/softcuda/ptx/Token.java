package org.jengine.softcuda.ptx;

/**
 * A piece of the text.
 *
 * @param text of a DOT what follows the dot
 */
record Token(Kind kind, String text, int line) {
    enum Kind { WORD, DOT, NUMBER, STRING, MARK, END }

    boolean is(String mark) {
        return kind == Kind.MARK && text.equals(mark);
    }

    boolean dot(String word) {
        return kind == Kind.DOT && text.equals(word);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case END -> "the end of the text";
            case DOT -> "'." + text + "'";
            default -> "'" + text + "'";
        };
    }
}
