package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.data.ImageSize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 800x1333}: height, width. */
public final class ImageSizeConverter implements ITypeConverter<ImageSize> {
  private static final Pattern SIZES = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

  @Override
  public ImageSize convert(String text) {
    Matcher sizes = SIZES.matcher(text);
    if (!sizes.matches()) {
      throw new TypeConversionException(
          "expected HEIGHTxWIDTH such as 800x1333, found '" + text + "'");
    }
    return new ImageSize(Integer.parseInt(sizes.group(1)), Integer.parseInt(sizes.group(2)));
  }
}
