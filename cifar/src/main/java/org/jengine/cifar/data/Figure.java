package org.jengine.cifar.data;

/** The ten figures as functions of the plane, of about equal area at equal radius, so that brightness does not tell them apart. */
enum Figure {
    DISC(1.0),
    SQUARE(1.26),
    TRIANGLE(1.56),
    RING(1.2),
    CROSS(1.25),
    STAR(1.7),
    CRESCENT(1.38),
    STRIPES(1.5),
    CHECKER(1.5),
    SPOTS(1.5);

    private static final double[][] TRIANGLE_SIDES = directions(3);
    private static final double[][] STAR_SIDES = directions(5);

    /** No point of an outline is farther from its centre, in radii; for a texture that of its patch counts. */
    final double reach;

    Figure(double reach) {
        this.reach = reach;
    }

    boolean textured() {
        return this == STRIPES || this == CHECKER || this == SPOTS;
    }

    /** How far outside the outline a point is, in the unit of {@code r}; negative inside. Not defined for textures. */
    double distance(double u, double v, double r) {
        return switch (this) {
            case DISC -> Math.sqrt(u * u + v * v) - r;
            case SQUARE -> Math.max(Math.abs(u), Math.abs(v)) - 0.886 * r;
            case TRIANGLE -> Math.max(along(TRIANGLE_SIDES[0], u, v), Math.max(along(TRIANGLE_SIDES[1], u, v),
                along(TRIANGLE_SIDES[2], u, v))) - 0.777 * r;
            case RING -> Math.abs(Math.sqrt(u * u + v * v) - 0.9 * r) - 0.28 * r;
            case CROSS -> {
                double a = Math.abs(u);
                double b = Math.abs(v);
                yield Math.min(Math.max(a - 1.15 * r, b - 0.4 * r), Math.max(a - 0.4 * r, b - 1.15 * r));
            }
            case STAR -> {
                // A point is in the five-pointed star if it lies behind at least four of its five lines.
                double first = Double.NEGATIVE_INFINITY;
                double second = Double.NEGATIVE_INFINITY;
                for (double[] side : STAR_SIDES) {
                    double d = along(side, u, v);
                    second = Math.max(second, Math.min(first, d));
                    first = Math.max(first, d);
                }
                yield second - 0.517 * r;
            }
            case CRESCENT -> Math.max(Math.sqrt(u * u + v * v) - 1.37 * r,
                r - Math.sqrt((u - 0.63 * r) * (u - 0.63 * r) + v * v));
            default -> throw new IllegalStateException(this + " is a texture");
        };
    }

    /** A texture's share of the second colour at a point, 0 to 1; {@code period} in pixels. */
    double pattern(double u, double v, double period) {
        return switch (this) {
            case STRIPES -> soft(wave(u / period) * period);
            case CHECKER -> {
                double x = soft(wave(u / period) * period);
                double y = soft(wave(v / period) * period);
                yield x + y - 2 * x * y;
            }
            case SPOTS -> {
                double x = cell(u / period);
                double y = cell(v / period);
                yield soft((0.36 - Math.sqrt(x * x + y * y)) * period);
            }
            default -> throw new IllegalStateException(this + " has no pattern");
        };
    }

    /** Coverage of a pixel whose centre is {@code inside} pixels behind an edge. */
    static double soft(double inside) {
        return Math.max(0, Math.min(1, 0.5 + inside));
    }

    /** A triangle wave of period 1 between -1/4 and 1/4. */
    private static double wave(double x) {
        return Math.abs(x - Math.floor(x) - 0.5) - 0.25;
    }

    /** Distance from the middle of the unit cell, -1/2 to 1/2. */
    private static double cell(double x) {
        return x - Math.floor(x) - 0.5;
    }

    private static double along(double[] direction, double u, double v) {
        return direction[0] * u + direction[1] * v;
    }

    /** Unit vectors at equal angles, the first to the right. */
    static double[][] directions(int n) {
        double[][] out = new double[n][];
        for (int i = 0; i < n; i++) {
            double angle = 2 * Math.PI * i / n;
            // StrictMath: the same bits everywhere.
            out[i] = new double[] {StrictMath.cos(angle), StrictMath.sin(angle)};
        }
        return out;
    }
}
