package org.jengine.cifar.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jengine.kernels.Shape;
import org.jengine.nn.Act;
import org.jengine.nn.LayerInfo;
import org.jengine.nn.Net;
import org.jengine.nn.Precision;

/**
 * A net drawn as the tutorial draws it, after {@code keras_sequential_ascii}: operations and data in turn, from top to bottom; beside
 * each operation its weights, and beyond the tutorial its floating-point operations and the memory of its result.
 */
final class Diagram {
    /** By the first word of the operation: in plain ASCII and with box-drawing characters, five columns each. */
    private static final Map<String, String[]> SIGNS = Map.of(
            "Conv2D", new String[] {" \\|/ ", " \u2572\u2502\u2571 "},
            "MaxPooling2D", new String[] {"Y max", "Y max"},
            "BatchNormalization", new String[] {" m|s ", " \u03bc\u2502\u03c3 "},
            "Dropout", new String[] {" | ||", " \u2502 \u2502\u2502"},
            "Flatten", new String[] {"|||||", "\u2502\u2502\u2502\u2502\u2502"},
            "Dense", new String[] {"XXXXX", "\u2573\u2573\u2573\u2573\u2573"});
    private static final String[] OTHER = {"  |  ", "  \u2502  "};
    private static final String[] DATA = {"#####", "\u2588\u2588\u2588\u2588\u2588"};
    private static final String[] RULE = {"-", "\u2500"};
    private static final int RULE_WIDTH = 19;
    private static final String ROW = "%20s   %s %-19s %10s %12s %13s %13s";

    private final Net net;
    private final int batch;
    private final Precision precision;
    private final int style;

    /** @param batch images that the memory is for */
    Diagram(Net net, int batch, Precision precision, boolean ascii) {
        this.net = net;
        this.batch = batch;
        this.precision = precision;
        this.style = ascii ? 0 : 1;
    }

    List<String> lines() {
        List<String> out = new ArrayList<>();
        out.add(row("OPERATION", "     ", "  DATA DIMENSIONS", "WEIGHTS(N)", "WEIGHTS(%)", "FLOPS/IMAGE", "ACTIVATIONS"));
        out.add("");
        List<LayerInfo> layers = net.summary();
        out.add(data("Input", net.input(), batch * net.input().count() * precision.real().bytes()));
        long memory = 0;
        for (int i = 0; i < layers.size(); i++) {
            LayerInfo layer = layers.get(i);
            Act act = net.layers().get(i).activation();
            long bytes = layer.activations() * batch * precision.real().bytes();
            memory += bytes;
            out.add(operation(layer));
            out.add(data(act == Act.NONE ? "" : act.name().toLowerCase(Locale.ROOT), layer.output(), bytes));
        }
        out.add("");
        out.add(Text.format("%s: %s weights, %s of them trained; %.2f MFLOP an image forward; activations of a batch of %d in %s: %s",
                net.name(), Text.count(net.parameters()), Text.count(net.trainable()), net.flops() / 1e6, batch,
                PrecisionConverter.name(precision), Text.bytes(memory)));
        return out;
    }

    private String operation(LayerInfo layer) {
        String[] words = layer.operation().split(" ");
        double share = 100.0 * layer.parameters() / Math.max(1, net.parameters());
        return row(words[0], SIGNS.getOrDefault(words[0], OTHER)[style], RULE[style].repeat(RULE_WIDTH), Long.toString(layer.parameters()),
                Text.format("%.1f%%", share), Long.toString(layer.flops()), "");
    }

    private String data(String name, Shape shape, long bytes) {
        StringBuilder dims = new StringBuilder();
        for (int i = 0; i < shape.rank(); i++) {
            dims.append(Text.format("%5d", shape.dim(i)));
        }
        // In the middle of the rule's width, counted from the sign: the tutorial has it so.
        String middle = " ".repeat(Math.max(0, (RULE_WIDTH - dims.length()) / 2 - 1)) + dims;
        return row(name, DATA[style], middle, "", "", "", bytes == 0 ? "" : Text.bytes(bytes));
    }

    private static String row(String... cells) {
        return Text.format(ROW, (Object[]) cells).stripTrailing();
    }
}
