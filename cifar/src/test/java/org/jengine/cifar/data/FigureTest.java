package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FigureTest {
    private static final double STEP = 0.01;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"STRIPES", "CHECKER", "SPOTS"})
    void outlinesHaveTheAreaOfTheDiscAndKeepWithinTheirReach(Figure figure) {
        double area = 0;
        for (double u = -2; u < 2; u += STEP) {
            for (double v = -2; v < 2; v += STEP) {
                if (figure.distance(u, v, 1) < 0) {
                    area += STEP * STEP;
                    assertTrue(Math.hypot(u, v) <= figure.reach, figure + " reaches " + u + ", " + v);
                }
            }
        }
        assertEquals(Math.PI, area, 0.1 * Math.PI, figure.toString());
    }

    @ParameterizedTest
    @EnumSource(Figure.class)
    void texturesCoverAboutHalfAndRepeat(Figure figure) {
        assertEquals(Arrays.asList(Figure.STRIPES, Figure.CHECKER, Figure.SPOTS).contains(figure), figure.textured());
        if (!figure.textured()) {
            return;
        }
        double period = 5;
        double share = 0;
        int n = 0;
        for (double u = 0; u < period; u += 0.05) {
            for (double v = 0; v < period; v += 0.05) {
                double here = figure.pattern(u, v, period);
                assertTrue(here >= 0 && here <= 1);
                assertEquals(here, figure.pattern(u + 3 * period, v - 2 * period, period), 1e-9);
                share += here;
                n++;
            }
        }
        assertEquals(0.5, share / n, 0.12, figure.toString());
    }
}
