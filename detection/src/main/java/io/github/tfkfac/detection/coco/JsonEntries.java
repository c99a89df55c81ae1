package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads the entries of a JSON file's lists one after the other; only one is in memory. */
final class JsonEntries {
  private static final JsonFactory FACTORY = JsonMapper.builder().build().getFactory();

  private JsonEntries() {}

  /** What is done with an entry. */
  interface Visitor {
    void entry(JsonNode node, int index) throws IOException;
  }

  private interface Reading {
    void from(JsonParser parser) throws IOException;
  }

  /**
   * Visits the entries of those lists of the file's object that a visitor is given for.
   *
   * @throws CocoFormatException if the JSON is broken or a list is missing
   */
  static void ofLists(Path file, Map<String, Visitor> visitors) throws IOException {
    Set<String> missing = new TreeSet<>(visitors.keySet());
    read(
        file,
        parser -> {
          require(file, parser.nextToken(), JsonToken.START_OBJECT, "an object at the top");
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken start = parser.nextToken();
            Visitor visitor = visitors.get(name);
            if (visitor == null) {
              parser.skipChildren();
            } else {
              require(file, start, JsonToken.START_ARRAY, "a list under '" + name + "'");
              entries(parser, visitor);
              missing.remove(name);
            }
          }
        });
    if (!missing.isEmpty()) {
      throw new CocoFormatException(
          file, "no list '" + String.join("', '", missing) + "', expected an instances file");
    }
  }

  /**
   * Visits the entries of the file's list.
   *
   * @throws CocoFormatException if the JSON is broken
   */
  static void ofList(Path file, Visitor visitor) throws IOException {
    read(
        file,
        parser -> {
          require(file, parser.nextToken(), JsonToken.START_ARRAY, "a list of results at the top");
          entries(parser, visitor);
        });
  }

  private static void entries(JsonParser parser, Visitor visitor) throws IOException {
    for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
      visitor.entry(parser.readValueAsTree(), index);
    }
  }

  private static void read(Path file, Reading reading) throws IOException {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file));
        JsonParser parser = FACTORY.createParser(stream)) {
      reading.from(parser);
    } catch (JsonProcessingException broken) {
      JsonLocation location = broken.getLocation();
      long offset = location == null ? -1 : location.getByteOffset();
      throw new CocoFormatException(
          file,
          "broken JSON at byte "
              + offset
              + " of "
              + Files.size(file)
              + ": "
              + broken.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  private static void require(Path file, JsonToken found, JsonToken expected, String what)
      throws IOException {
    if (found != expected) {
      throw new CocoFormatException(file, "expected " + what + ", found " + found);
    }
  }
}
