package org.jengine.cifar.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jengine.nn.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code fp32}, {@code tf32} and {@code bf16}. */
public final class PrecisionConverter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
        return Arrays.stream(Precision.values()).filter(p -> name(p).equals(text)).findFirst().orElseThrow(() ->
                new TypeConversionException("no precision '" + text + "'; there are "
                        + Arrays.stream(Precision.values()).map(PrecisionConverter::name).collect(Collectors.joining(", "))));
    }

    /** As it is written on the command line and in results. */
    public static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }
}
