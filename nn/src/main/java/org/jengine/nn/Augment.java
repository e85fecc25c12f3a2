package org.jengine.nn;

/**
 * What is done to training images, drawn afresh for each image and epoch.
 *
 * @param flip   mirrored left to right with probability one half
 * @param pad    padded with zeros by so many pixels on every side and cropped back at a random place; 0 for none
 * @param cutout edge of a random square that is blanked; 0 for none
 */
public record Augment(boolean flip, int pad, int cutout) {
    public static final Augment NONE = new Augment(false, 0, 0);

    public Augment {
        if (pad < 0 || cutout < 0) {
            throw new IllegalArgumentException("pad and cutout must not be negative: " + pad + ", " + cutout);
        }
    }

    /**
     * Reads a comma-separated list of {@code flip}, {@code cropN}, {@code cutoutN}, or {@code none}.
     *
     * @throws IllegalArgumentException naming the word that is not known
     */
    public static Augment parse(String text) {
        Augment a = NONE;
        for (String word : text.split(",", -1)) {
            if (word.equals("flip")) {
                a = new Augment(true, a.pad, a.cutout);
            } else if (word.matches("crop[0-9]{1,3}")) {
                a = new Augment(a.flip, Integer.parseInt(word.substring(4)), a.cutout);
            } else if (word.matches("cutout[0-9]{1,3}")) {
                a = new Augment(a.flip, a.pad, Integer.parseInt(word.substring(6)));
            } else if (!word.equals("none")) {
                throw new IllegalArgumentException("no augmentation '" + word + "'; known are none, flip, cropN, cutoutN");
            }
        }
        return a;
    }

    /** As {@link #parse} reads it. */
    public String describe() {
        StringBuilder out = new StringBuilder();
        if (flip) {
            out.append(",flip");
        }
        if (pad > 0) {
            out.append(",crop").append(pad);
        }
        if (cutout > 0) {
            out.append(",cutout").append(cutout);
        }
        return out.isEmpty() ? "none" : out.substring(1);
    }
}
