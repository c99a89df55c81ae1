package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the entries of a JSON file's lists; only some are in memory at a time. Problems of the file
 * as a whole are added to a list.
 */
final class JsonEntries {

  /** NaN and Infinity, as Python writes them, are read, so that they can be named. */
  private static final JsonFactory FACTORY =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .build()
          .getFactory();

  private static final int CONTEXT = 20;
  private static final String LIST = "a list of results at the top";

  /** The list without which an evaluation continues. */
  private static final String UNNEEDED = "annotations";

  private final Path file;
  private final List<Problem> problems;
  private final DatasetUse use;

  JsonEntries(Path file, List<Problem> problems, DatasetUse use) {
    this.file = file;
    this.problems = problems;
    this.use = use;
  }

  /** Processes an entry: reads it, on any thread; what it returns runs in the entries' order. */
  interface Visitor {
    Runnable entry(JsonNode node, int index);
  }

  private interface Reading {
    void from(JsonParser parser) throws IOException;
  }

  /**
   * Visits the entries of those lists of the file's object that a visitor is given for. A list that
   * is given again is a problem and left out.
   *
   * @throws CocoFormatException with all problems so far if the JSON is broken or no object
   */
  void ofLists(Map<String, Visitor> visitors) throws IOException {
    Set<String> missing = new TreeSet<>(visitors.keySet());
    Set<String> repeated = new HashSet<>();
    read(
        parser -> {
          require(parser.nextToken(), JsonToken.START_OBJECT, "an object at the top");
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken start = parser.nextToken();
            Visitor visitor = visitors.get(name);
            if (visitor != null && missing.remove(name)) {
              if (start == JsonToken.START_ARRAY) {
                entries(parser, visitor);
                continue;
              }
              report("'" + name + "' is " + found(start) + ", expected a list");
            } else if (visitor != null && repeated.add(name)) {
              report(
                  "the list '"
                      + name
                      + "' is given twice, the second at line "
                      + parser.currentTokenLocation().getLineNr()
                      + ", expected one of each; join them");
            }
            parser.skipChildren();
          }
        });
    if (use.evaluation() && missing.remove(UNNEEDED)) {
      problems.add(
          new Problem(Problem.Kind.TOLERATED, "", "no list '" + UNNEEDED + "': nothing to find"));
    }
    if (!missing.isEmpty()) {
      report("no list '" + String.join("', '", missing) + "', expected an instances file");
    }
  }

  /**
   * Visits the entries of the file's list.
   *
   * @throws CocoFormatException with all problems so far if the JSON is broken or no list
   */
  void ofList(Visitor visitor) throws IOException {
    read(
        parser -> {
          require(parser.nextToken(), JsonToken.START_ARRAY, LIST);
          entries(parser, visitor);
        });
  }

  /** The first entry of the file's list; nothing behind it is read. */
  Optional<JsonNode> firstOfList() throws IOException {
    List<JsonNode> first = new ArrayList<>();
    parse(
        parser -> {
          require(parser.nextToken(), JsonToken.START_ARRAY, LIST);
          if (parser.nextToken() != JsonToken.END_ARRAY) {
            first.add(parser.readValueAsTree());
          }
        });
    return first.stream().findFirst();
  }

  private static void entries(JsonParser parser, Visitor visitor) throws IOException {
    EntryQueue queue = new EntryQueue(visitor);
    try {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        queue.add(parser.readValueAsTree());
      }
    } finally {
      queue.finish();
    }
  }

  private void read(Reading reading) throws IOException {
    parse(
        parser -> {
          reading.from(parser);
          requireEnd(parser);
        });
  }

  private void parse(Reading reading) throws IOException {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file));
        JsonParser parser = FACTORY.createParser(stream)) {
      reading.from(parser);
    } catch (JsonProcessingException broken) {
      throw fatal(brokenAt(broken));
    } catch (CharConversionException notText) {
      throw fatal("broken JSON: the file is not UTF-8 text; write it again as UTF-8");
    }
  }

  /** Nothing but white space may follow the document. */
  private void requireEnd(JsonParser parser) throws IOException {
    long end = parser.currentLocation().getByteOffset();
    boolean more;
    try {
      more = parser.nextToken() != null;
    } catch (JsonProcessingException noJson) {
      more = true;
    }
    if (more) {
      report(
          "content behind the end of the document, which ends at byte "
              + end
              + " of "
              + Files.size(file)
              + "; remove it, or give each document a file of its own");
    }
  }

  private String brokenAt(JsonProcessingException broken) throws IOException {
    JsonLocation location = broken.getLocation();
    long offset = location == null ? -1 : location.getByteOffset();
    String place =
        "broken JSON at byte "
            + offset
            + " of "
            + Files.size(file)
            + (location == null ? "" : ", line " + location.getLineNr());
    if (broken instanceof JsonEOFException) {
      return place + ": the file ends within the document; is it whole?";
    }
    if (broken instanceof StreamConstraintsException) {
      return place + ": a number, name or nesting is too long to be data of images";
    }
    return place + ": expected JSON, found '" + around(offset) + "'";
  }

  /** The text around a byte, in printable characters. */
  private String around(long offset) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      stream.skipNBytes(Math.max(0, offset - CONTEXT));
      String text = new String(stream.readNBytes(2 * CONTEXT), StandardCharsets.UTF_8);
      return text.replaceAll("\\s+", " ").replaceAll("\\p{C}", "?").strip();
    }
  }

  private void require(JsonToken found, JsonToken expected, String what)
      throws CocoFormatException {
    if (found != expected) {
      throw fatal("expected " + what + ", found " + found(found));
    }
  }

  private static String found(JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      default -> String.valueOf(token.asString());
    };
  }

  private void report(String text) {
    problems.add(new Problem(Problem.Kind.BAD_FILE, "", text));
  }

  private CocoFormatException fatal(String text) {
    List<Problem> all = new ArrayList<>(problems);
    all.add(new Problem(Problem.Kind.BAD_FILE, "", text));
    return new CocoFormatException(file, all);
  }
}
