package org.jengine.cifar.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jengine.nn.ImageData.Split;

/**
 * Paints one picture of the synthetic set at a time: a cloudy background with clutter, the figure that is the class, what lies over
 * it, light and noise. The mean colour is drawn apart from all that and set at the end, so that it says nothing about the class.
 *
 * <p>As photographers place ships otherwise than birds, each class has a side towards which its figure and its light tend. That and
 * the figures being lighter than the ground more often than darker is what a linear model can see; outlines turned, stretched and
 * half hidden need convolutions, and noise needs deep ones. The ranges below were chosen with trainings of the tutorial's nets.
 *
 * <p>Plain and {@link StrictMath} arithmetic only, for equal bytes on every machine.
 */
final class Painter {
    static final int EDGE = 32;
    static final int BYTES = 3 * EDGE * EDGE;
    static final List<String> CLASSES =
        Arrays.stream(Figure.values()).map(f -> f.name().toLowerCase(Locale.ROOT)).toList();

    private static final Figure[] FIGURES = Figure.values();
    /** The figures before the textures. */
    private static final int OUTLINES = 7;
    private static final double CENTRE = (EDGE - 1) / 2.0;
    private static final double TURN = 2 * Math.PI;
    /** Unit vectors all around, one a class. */
    private static final double[][] SIDES = Figure.directions(FIGURES.length);
    /** The light's side is another one than the place's: this many classes on. */
    private static final int LIGHT_STEP = 3;

    private static final double RADIUS_LOW = 5.5;
    private static final double RADIUS_HIGH = 10;
    private static final double STRETCH = 1.45;
    private static final double PLACE_HABIT = 3.4;
    private static final double PLACE_SPREAD = 4.5;
    private static final double LIGHT_HABIT = 16;
    private static final double LIGHT_SPREAD = 40;
    private static final double CONTRAST_LOW = 35;
    private static final double CONTRAST_HIGH = 95;
    private static final double LIGHTER = 0.7;
    private static final double TINT = 30;
    private static final double PERIOD_LOW = 3.5;
    private static final double PERIOD_HIGH = 7;
    private static final double CLOUDS_LOW = 10;
    private static final double CLOUDS_HIGH = 40;
    private static final int CLUTTER_BELOW = 5;
    private static final int OVER_BELOW = 2;
    private static final double CLUTTER_RADIUS_LOW = 1.5;
    private static final double CLUTTER_RADIUS_HIGH = 4.5;
    private static final double BAR = 0.5;
    private static final double NOISE_LOW = 25;
    private static final double NOISE_HIGH = 130;
    private static final double BRIGHTNESS_SPREAD = 45;
    private static final double COLOUR_SPREAD = 20;

    private final Draw draw;
    /** The picture in the making, around 0. */
    private final double[] canvas = new double[BYTES];
    private final byte[] out = new byte[BYTES];
    private final double[] first = new double[3];
    private final double[] second = new double[3];

    Painter(long seed) {
        draw = new Draw(seed);
    }

    /** The picture, {@code [h, w, c]}; the array is used again for the next. */
    byte[] paint(Split split, int index, int label) {
        draw.begin(index, split.ordinal());
        background();
        clutter(CLUTTER_BELOW);
        figure(label);
        clutter(OVER_BELOW);
        if (draw.chance(BAR)) {
            bar();
        }
        finish(label);
        return out;
    }

    /** Smooth noise of random coarseness, between grey and colourful. */
    private void background() {
        int cells = 2 + draw.below(7);
        int width = (cells + 1) * 3;
        double strength = draw.between(CLOUDS_LOW, CLOUDS_HIGH);
        double grey = draw.unit();
        double[] grid = new double[(cells + 1) * width];
        for (int i = 0; i < grid.length; i += 3) {
            double common = draw.between(-1, 1);
            for (int c = 0; c < 3; c++) {
                grid[i + c] = strength * (grey * common + (1 - grey) * draw.between(-1, 1));
            }
        }
        double[] row = new double[width];
        for (int y = 0; y < EDGE; y++) {
            int i = y * cells / EDGE;
            double fy = smooth((double) y * cells / EDGE - i);
            for (int k = 0; k < width; k++) {
                double above = grid[i * width + k];
                row[k] = above + fy * (grid[(i + 1) * width + k] - above);
            }
            for (int x = 0; x < EDGE; x++) {
                int j = x * cells / EDGE;
                double fx = smooth((double) x * cells / EDGE - j);
                for (int c = 0; c < 3; c++) {
                    double left = row[j * 3 + c];
                    canvas[(y * EDGE + x) * 3 + c] = left + fx * (row[j * 3 + 3 + c] - left);
                }
            }
        }
    }

    private void figure(int label) {
        Figure figure = FIGURES[label];
        double r = draw.between(RADIUS_LOW, RADIUS_HIGH);
        double cx = CENTRE + PLACE_HABIT * SIDES[label][0] + PLACE_SPREAD * (draw.unit() + draw.unit() - 1);
        double cy = CENTRE + PLACE_HABIT * SIDES[label][1] + PLACE_SPREAD * (draw.unit() + draw.unit() - 1);
        double contrast = draw.between(CONTRAST_LOW, CONTRAST_HIGH) * (draw.chance(LIGHTER) ? 1 : -1);
        tint(first, contrast);
        double angle = TURN * draw.unit();
        if (figure.textured()) {
            tint(second, -contrast / 2);
            texture(figure, cx, cy, 1.15 * r, angle);
        } else {
            outline(figure, cx, cy, r, angle);
        }
    }

    /** Fewer than {@code below} small figures of any outline that mean nothing. */
    private void clutter(int below) {
        int n = draw.below(below);
        for (int i = 0; i < n; i++) {
            Figure figure = FIGURES[draw.below(OUTLINES)];
            tint(first, draw.between(CONTRAST_LOW, CONTRAST_HIGH) * (draw.chance(0.5) ? 1 : -1));
            double cx = draw.between(0, EDGE);
            double cy = draw.between(0, EDGE);
            outline(figure, cx, cy, draw.between(CLUTTER_RADIUS_LOW, CLUTTER_RADIUS_HIGH), TURN * draw.unit());
        }
    }

    /** A straight bar across the picture. */
    private void bar() {
        double angle = TURN * draw.unit();
        double nx = StrictMath.cos(angle);
        double ny = StrictMath.sin(angle);
        double offset = draw.between(-10, 10);
        double half = draw.between(0.7, 2.2);
        tint(first, draw.between(-CONTRAST_HIGH, CONTRAST_HIGH));
        for (int y = 0; y < EDGE; y++) {
            for (int x = 0; x < EDGE; x++) {
                double away = Math.abs(nx * (x - CENTRE) + ny * (y - CENTRE) - offset);
                blend((y * EDGE + x) * 3, Figure.soft(half - away), first);
            }
        }
    }

    /** A figure filled with the first colour. */
    private void outline(Figure figure, double cx, double cy, double r, double angle) {
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double stretch = draw.between(1 / STRETCH, STRETCH);
        double reach = figure.reach * r * STRETCH + 1;
        for (int y = low(cy - reach); y <= high(cy + reach); y++) {
            for (int x = low(cx - reach); x <= high(cx + reach); x++) {
                double u = (cos * (x - cx) + sin * (y - cy)) * stretch;
                double v = (cos * (y - cy) - sin * (x - cx)) / stretch;
                blend((y * EDGE + x) * 3, Figure.soft(-figure.distance(u, v, r)), first);
            }
        }
    }

    /** A patch of texture in both colours, whose own outline, disc or square, is not the class. */
    private void texture(Figure figure, double cx, double cy, double r, double angle) {
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double period = draw.between(PERIOD_LOW, PERIOD_HIGH);
        double phaseU = draw.unit() * period;
        double phaseV = draw.unit() * period;
        Figure patch = draw.chance(0.5) ? Figure.DISC : Figure.SQUARE;
        double reach = patch.reach * r + 1;
        double[] mixed = new double[3];
        for (int y = low(cy - reach); y <= high(cy + reach); y++) {
            for (int x = low(cx - reach); x <= high(cx + reach); x++) {
                double u = cos * (x - cx) + sin * (y - cy);
                double v = cos * (y - cy) - sin * (x - cx);
                double share = figure.pattern(u + phaseU, v + phaseV, period);
                for (int c = 0; c < 3; c++) {
                    mixed[c] = first[c] + share * (second[c] - first[c]);
                }
                blend((y * EDGE + x) * 3, Figure.soft(-patch.distance(u, v, r)), mixed);
            }
        }
    }

    /** Light from one side, noise, and the mean colour. */
    private void finish(int label) {
        double[] side = SIDES[label * LIGHT_STEP % SIDES.length];
        double lx = (LIGHT_HABIT * side[0] + draw.between(-LIGHT_SPREAD, LIGHT_SPREAD)) / EDGE;
        double ly = (LIGHT_HABIT * side[1] + draw.between(-LIGHT_SPREAD, LIGHT_SPREAD)) / EDGE;
        double noise = draw.between(NOISE_LOW, NOISE_HIGH);
        double brightness = draw.between(128 - BRIGHTNESS_SPREAD, 128 + BRIGHTNESS_SPREAD);
        double[] shift = new double[3];
        for (int c = 0; c < 3; c++) {
            shift[c] = brightness + draw.between(-COLOUR_SPREAD, COLOUR_SPREAD);
        }
        double[] mean = new double[3];
        for (int y = 0; y < EDGE; y++) {
            for (int x = 0; x < EDGE; x++) {
                int at = (y * EDGE + x) * 3;
                double light = lx * (x - CENTRE) + ly * (y - CENTRE);
                int bits = draw.bits();
                for (int c = 0; c < 3; c++) {
                    // Two numbers of five bits make a triangular distribution, ten bits a channel.
                    int sum = (bits & 31) + (bits >>> 5 & 31) - 31;
                    bits >>>= 10;
                    canvas[at + c] += light + noise * sum / 31;
                    mean[c] += canvas[at + c];
                }
            }
        }
        for (int c = 0; c < 3; c++) {
            double add = shift[c] - mean[c] / (EDGE * EDGE) + 0.5;
            for (int at = c; at < BYTES; at += 3) {
                out[at] = (byte) (int) Math.max(0, Math.min(255, canvas[at] + add));
            }
        }
    }

    /** A random colour around a grey of that contrast to the ground. */
    private void tint(double[] colour, double contrast) {
        for (int c = 0; c < 3; c++) {
            colour[c] = contrast + draw.between(-TINT, TINT);
        }
    }

    private void blend(int at, double cover, double[] colour) {
        if (cover > 0) {
            for (int c = 0; c < 3; c++) {
                canvas[at + c] += cover * (colour[c] - canvas[at + c]);
            }
        }
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private static int low(double place) {
        return Math.max(0, (int) Math.floor(place));
    }

    private static int high(double place) {
        return Math.min(EDGE - 1, (int) Math.ceil(place));
    }
}
