package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.data.ImageShape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 32x32x3}: height, width, channels. */
public final class ImageShapeConverter implements ITypeConverter<ImageShape> {
  private static final Pattern SIZES = Pattern.compile("(\\d{1,5})x(\\d{1,5})x(\\d{1,5})");

  @Override
  public ImageShape convert(String text) {
    Matcher sizes = SIZES.matcher(text);
    if (!sizes.matches()) {
      throw new TypeConversionException(
          "expected HEIGHTxWIDTHxCHANNELS such as 32x32x3, found '" + text + "'");
    }
    try {
      return new ImageShape(
          Integer.parseInt(sizes.group(1)),
          Integer.parseInt(sizes.group(2)),
          Integer.parseInt(sizes.group(3)));
    } catch (IllegalArgumentException unusable) {
      throw new TypeConversionException(unusable.getMessage());
    }
  }
}
