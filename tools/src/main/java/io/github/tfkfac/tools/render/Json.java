package io.github.tfkfac.tools.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** Values (records, maps, lists) as indented JSON; NaN and infinities as strings. */
public final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private Json() {}

  /**
   * The JSON text of {@code value}.
   *
   * @throws IllegalArgumentException if it has no JSON form
   */
  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException unsuitable) {
      throw new IllegalArgumentException(
          "no JSON form for " + value.getClass().getName() + ": " + unsuitable.getMessage(),
          unsuitable);
    }
  }

  /**
   * The value that a JSON text stands for; entries that the type lacks are ignored.
   *
   * @throws IllegalArgumentException if the text is not JSON or not of that type
   */
  public static <V> V read(String text, Class<V> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException broken) {
      throw new IllegalArgumentException(broken.getOriginalMessage(), broken);
    }
  }
}
