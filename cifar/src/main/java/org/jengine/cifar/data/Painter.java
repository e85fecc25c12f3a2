package org.jengine.cifar.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jengine.nn.ImageData.Split;

/**
 * Paints one picture of the synthetic set at a time: a shaded background with clutter, the figure that names the class, what lies
 * over it, light and noise. The mean colour is drawn apart from all that and set at the end, so that it says nothing about the class.
 * Plain and {@link StrictMath} arithmetic only, for equal bytes on every machine.
 */
final class Painter {
    static final int EDGE = 32;
    static final int BYTES = 3 * EDGE * EDGE;
    static final List<String> CLASSES =
        Arrays.stream(Figure.values()).map(f -> f.name().toLowerCase(Locale.ROOT)).toList();

    static final double[] P = new double[32];
    private static final Figure[] FIGURES = Figure.values();

    private final Draw draw;
    private final double[] canvas = new double[BYTES];
    private final byte[] out = new byte[BYTES];
    private final double[] colour = new double[3];
    private final double[] other = new double[3];
    private final double[] grid = new double[9 * 9 * 3];

    Painter(long seed) {
        draw = new Draw(seed);
    }

    /** The picture, {@code [h, w, c]}; the array is used again for the next. */
    byte[] paint(Split split, int index, int label) {
        draw.begin(index, split.ordinal());
        background();
        int clutter = draw.below((int) P[0]);
        for (int i = 0; i < clutter; i++) {
            distract();
        }
        figure(FIGURES[label]);
        int over = draw.below((int) P[1]);
        for (int i = 0; i < over; i++) {
            distract();
        }
        if (draw.chance(P[2])) {
            bar();
        }
        finish(label);
        return out;
    }

    /** Smooth noise of random coarseness in random colours around 0. */
    private void background() {
        int cells = 2 + draw.below(7);
        double strength = draw.between(P[3], P[4]);
        double grey = draw.unit();
        for (int i = 0; i <= cells; i++) {
            for (int j = 0; j <= cells; j++) {
                double common = draw.between(-1, 1);
                for (int c = 0; c < 3; c++) {
                    grid[(i * (cells + 1) + j) * 3 + c] = strength * (grey * common + (1 - grey) * draw.between(-1, 1));
                }
            }
        }
        for (int y = 0; y < EDGE; y++) {
            for (int x = 0; x < EDGE; x++) {
                double gy = (double) y * cells / EDGE;
                double gx = (double) x * cells / EDGE;
                int i = (int) gy;
                int j = (int) gx;
                double fy = smooth(gy - i);
                double fx = smooth(gx - j);
                for (int c = 0; c < 3; c++) {
                    int at = (i * (cells + 1) + j) * 3 + c;
                    int below = at + (cells + 1) * 3;
                    double top = grid[at] + fx * (grid[at + 3] - grid[at]);
                    double bottom = grid[below] + fx * (grid[below + 3] - grid[below]);
                    canvas[(y * EDGE + x) * 3 + c] = top + fy * (bottom - top);
                }
            }
        }
    }

    private void figure(Figure figure) {
        double r = draw.between(P[5], P[6]);
        double cx = 15.5 + P[23] * StrictMath.cos(0.6283 * figure.ordinal()) + P[7] * (draw.unit() + draw.unit() - 1);
        double cy = 15.5 + P[23] * StrictMath.sin(0.6283 * figure.ordinal()) + P[7] * (draw.unit() + draw.unit() - 1);
        double contrast = draw.between(P[8], P[9]) * (draw.chance(P[10]) ? 1 : -1);
        tint(colour, contrast, P[11]);
        double angle = P[12] * (draw.unit() - 0.5);
        if (figure.textured()) {
            tint(other, contrast * P[13], P[11]);
            texture(figure, cx, cy, r * 1.15, angle);
        } else {
            shape(figure, cx, cy, r, angle, colour, 1);
        }
    }

    /** A small figure of any outline, or a line, that means nothing. */
    private void distract() {
        Figure figure = FIGURES[draw.below(7)];
        tint(colour, draw.between(P[8], P[9]) * (draw.chance(0.5) ? 1 : -1), P[11]);
        shape(figure, draw.between(0, EDGE), draw.between(0, EDGE), draw.between(P[14], P[15]), draw.between(0, 6.28), colour, 1);
    }

    /** A straight bar across the picture. */
    private void bar() {
        double angle = draw.between(0, 6.28);
        double nx = StrictMath.cos(angle);
        double ny = StrictMath.sin(angle);
        double offset = draw.between(-10, 10);
        double half = draw.between(0.7, 2.2);
        tint(colour, draw.between(-P[9], P[9]), P[11]);
        for (int y = 0; y < EDGE; y++) {
            for (int x = 0; x < EDGE; x++) {
                blend((y * EDGE + x) * 3, Figure.soft(half - Math.abs(nx * (x - 15.5) + ny * (y - 15.5) - offset)), colour);
            }
        }
    }

    private void shape(Figure figure, double cx, double cy, double r, double angle, double[] paint, double opacity) {
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double stretch = draw.between(1 / P[16], P[16]);
        double reach = figure.reach * r * P[16] + 1;
        for (int y = first(cy, reach); y <= last(cy, reach); y++) {
            for (int x = first(cx, reach); x <= last(cx, reach); x++) {
                double u = (cos * (x - cx) + sin * (y - cy)) * stretch;
                double v = (cos * (y - cy) - sin * (x - cx)) / stretch;
                blend((y * EDGE + x) * 3, opacity * Figure.soft(-figure.distance(u, v, r)), paint);
            }
        }
    }

    /** A patch of texture whose outline, disc or square, is not the class. */
    private void texture(Figure figure, double cx, double cy, double r, double angle) {
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double period = draw.between(P[17], P[18]);
        double phaseU = draw.unit() * period;
        double phaseV = draw.unit() * period;
        Figure outline = FIGURES[draw.below(2)];
        double reach = 1.5 * r + 1;
        double[] mixed = new double[3];
        for (int y = first(cy, reach); y <= last(cy, reach); y++) {
            for (int x = first(cx, reach); x <= last(cx, reach); x++) {
                double u = cos * (x - cx) + sin * (y - cy);
                double v = cos * (y - cy) - sin * (x - cx);
                double cover = Figure.soft(-outline.distance(u, v, r));
                double share = figure.pattern(u + phaseU, v + phaseV, period);
                for (int c = 0; c < 3; c++) {
                    mixed[c] = colour[c] + share * (other[c] - colour[c]);
                }
                blend((y * EDGE + x) * 3, cover, mixed);
            }
        }
    }

    /** Light from one side, noise, and the mean colour. */
    private void finish(int label) {
        double lx = (P[24] * StrictMath.cos(0.6283 * label * 3) + draw.between(-P[19], P[19])) / EDGE;
        double ly = (P[24] * StrictMath.sin(0.6283 * label * 3) + draw.between(-P[19], P[19])) / EDGE;
        double noise = draw.between(P[20], P[21]);
        double base = draw.between(128 - P[22], 128 + P[22]);
        double[] shift = {base + draw.between(-P[25], P[25]), base + draw.between(-P[25], P[25]), base + draw.between(-P[25], P[25])};
        double[] mean = new double[3];
        for (int i = 0; i < BYTES; i += 3) {
            double light = lx * (i / 3 % EDGE - 15.5) + ly * (i / 3 / EDGE - 15.5);
            int bits = draw.bits();
            for (int c = 0; c < 3; c++) {
                // Eight bits a channel: triangular enough once the bytes are rounded.
                double n = ((bits >>> 10 * c & 31) + (bits >>> 10 * c + 5 & 31) - 31) / 31.0;
                canvas[i + c] += light + noise * n;
                mean[c] += canvas[i + c];
            }
        }
        for (int c = 0; c < 3; c++) {
            shift[c] -= mean[c] / (EDGE * EDGE);
        }
        for (int i = 0; i < BYTES; i++) {
            out[i] = (byte) (int) Math.max(0, Math.min(255, canvas[i] + shift[i % 3] + 0.5));
        }
    }

    private void tint(double[] into, double contrast, double chroma) {
        for (int c = 0; c < 3; c++) {
            into[c] = contrast + draw.between(-chroma, chroma);
        }
    }

    private void blend(int at, double cover, double[] paint) {
        if (cover > 0) {
            for (int c = 0; c < 3; c++) {
                canvas[at + c] += cover * (paint[c] - canvas[at + c]);
            }
        }
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private static int first(double centre, double reach) {
        return Math.max(0, (int) Math.floor(centre - reach));
    }

    private static int last(double centre, double reach) {
        return Math.min(EDGE - 1, (int) Math.ceil(centre + reach));
    }
}
