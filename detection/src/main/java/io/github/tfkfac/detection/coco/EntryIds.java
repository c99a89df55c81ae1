package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Numbers for the ids of images or categories.
 *
 * <p>Ids that are whole numbers of 64 bits are their own numbers. An evaluation takes others too,
 * such as names of files: if there is one, every id gets its place in the order of all of them.
 */
public final class EntryIds {

  /** Whole numbers alone. */
  static final EntryIds WHOLE = new EntryIds(Map.of());

  /** JSON's null as an id. */
  private enum Null {
    NULL;

    @Override
    public String toString() {
      return "null";
    }
  }

  private static final int NUMBER = 0;
  private static final int TEXT = 1;
  private static final int NOTHING = 2;

  private final Map<Object, Long> places;

  private EntryIds(Map<Object, Long> places) {
    this.places = places;
  }

  /** Of what {@link #key} returned; numbers come before texts. */
  static EntryIds of(Collection<Object> keys) {
    if (keys.stream().allMatch(Long.class::isInstance)) {
      return WHOLE;
    }
    List<Object> sorted = keys.stream().sorted(EntryIds::compare).toList();
    Map<Object, Long> places = new HashMap<>();
    for (int at = 0; at < sorted.size(); at++) {
      places.put(sorted.get(at), at + 1L);
    }
    return new EntryIds(places);
  }

  /** Whether the reference can sort them: all are numbers, or all texts. */
  static boolean ordered(Collection<Object> keys) {
    return keys.stream().map(EntryIds::sort).distinct().count() <= 1;
  }

  private static int sort(Object key) {
    return key instanceof String ? TEXT : key == Null.NULL ? NOTHING : NUMBER;
  }

  private static int compare(Object one, Object other) {
    if (sort(one) != sort(other)) {
      return Integer.compare(sort(one), sort(other));
    }
    return switch (sort(one)) {
      case NUMBER -> decimal(one).compareTo(decimal(other));
      case TEXT -> ((String) one).compareTo((String) other);
      default -> 0;
    };
  }

  private static BigDecimal decimal(Object key) {
    return key instanceof Long number ? BigDecimal.valueOf(number) : (BigDecimal) key;
  }

  /** The number of an id; empty if it is none of these ids. */
  OptionalLong number(Object key) {
    if (places.isEmpty()) {
      return key instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    }
    Long place = places.get(key);
    return place == null ? OptionalLong.empty() : OptionalLong.of(place);
  }

  /**
   * Identity of an entry: equal for equal numbers however they are written; empty if the value
   * cannot identify anything.
   */
  static Optional<Object> key(JsonNode value) {
    OptionalLong whole = JsonEntry.whole(value);
    if (whole.isPresent()) {
      return Optional.of(whole.getAsLong());
    }
    if (value.isBoolean()) {
      return Optional.of(value.asBoolean() ? 1L : 0L);
    }
    if (value.isTextual()) {
      return Optional.of(value.asText());
    }
    if (value.isNull()) {
      return Optional.of(Null.NULL);
    }
    return value.isNumber() && Double.isFinite(value.asDouble())
        ? Optional.of(exact(value).stripTrailingZeros())
        : Optional.empty();
  }

  private static BigDecimal exact(JsonNode number) {
    return number.isIntegralNumber()
        ? new BigDecimal(number.bigIntegerValue())
        : new BigDecimal(number.asDouble());
  }

  /** An id as a file writes it. */
  static String text(Object key) {
    if (key instanceof BigDecimal number) {
      return number.toPlainString();
    }
    return key instanceof String text ? '"' + text + '"' : key.toString();
  }

  /**
   * The number of an annotation, of which only zero matters to an evaluation: -1 for what is no
   * whole number and not zero.
   */
  static long ofAnnotation(Object key) {
    if (key instanceof Long number) {
      return number;
    }
    boolean zero = key instanceof String text && PythonNumber.parsed(text).orElse(1) == 0;
    return zero ? 0 : -1;
  }
}
