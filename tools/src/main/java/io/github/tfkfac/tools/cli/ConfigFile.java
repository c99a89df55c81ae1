package io.github.tfkfac.tools.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Option values from a YAML file: a flat mapping of long option names (without dashes) to a scalar
 * or a list of scalars; a list becomes one comma-separated value.
 *
 * @param file where it was read from
 * @param entries value and line by option name
 */
public record ConfigFile(Path file, Map<String, Entry> entries) {
  /**
   * One value and where it stands.
   *
   * @param value as text
   * @param line counted from 1
   */
  public record Entry(String value, int line) {}

  /**
   * Reads {@code file}.
   *
   * @throws UserError naming file and line if this is not a flat YAML mapping
   * @throws IOException if it cannot be read
   */
  public static ConfigFile read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new UserError(file + ": expected a YAML file, found a folder");
    }
    try (YAMLParser yaml = new YAMLFactory().createParser(Files.readString(file))) {
      ConfigFile config = new ConfigFile(file, mapping(file, yaml));
      requireEnd(file, yaml);
      return config;
    } catch (JsonProcessingException broken) {
      throw broken(file, broken);
    } catch (CharacterCodingException noText) {
      throw new UserError(file + ": expected UTF-8 text, found other bytes", noText);
    }
  }

  /**
   * Rejects names that are not options.
   *
   * @throws UserError with file, line and the nearest known name
   */
  public void requireKnown(Collection<String> names) {
    entries.forEach(
        (name, entry) -> {
          if (!names.contains(name)) {
            throw new UserError(
                at(file, entry.line()) + ": " + Suggestions.unknown("option", name, names));
          }
        });
  }

  /** File and line of an entry, for messages. */
  public String where(Entry entry) {
    return at(file, entry.line());
  }

  private static Map<String, Entry> mapping(Path file, YAMLParser yaml) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    JsonToken first = yaml.nextToken();
    if (first == null) {
      return entries;
    }
    if (first != JsonToken.START_OBJECT) {
      throw unexpected(file, yaml, "a mapping 'option: value'");
    }
    while (yaml.nextToken() == JsonToken.FIELD_NAME) {
      String name = yaml.currentName();
      int line = yaml.currentTokenLocation().getLineNr();
      yaml.nextToken();
      if (entries.put(name, new Entry(value(file, yaml, name), line)) != null) {
        throw new UserError(at(file, line) + ": '" + name + "' is set twice; keep one");
      }
    }
    return entries;
  }

  /** Rejects what comes after the mapping, of which nothing would be read. */
  private static void requireEnd(Path file, YAMLParser yaml) throws IOException {
    JsonToken after = yaml.nextToken();
    if (after != null && after != JsonToken.VALUE_NULL) {
      int line = yaml.currentTokenLocation().getLineNr();
      throw new UserError(at(file, line) + ": expected one document, found another; keep one");
    }
  }

  private static String value(Path file, YAMLParser yaml, String name) throws IOException {
    if (yaml.currentToken() != JsonToken.START_ARRAY) {
      return scalar(file, yaml, name);
    }
    List<String> items = new ArrayList<>();
    while (yaml.nextToken() != JsonToken.END_ARRAY) {
      items.add(scalar(file, yaml, name));
    }
    return String.join(",", items);
  }

  private static String scalar(Path file, YAMLParser yaml, String name) throws IOException {
    JsonToken token = yaml.currentToken();
    if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw unexpected(file, yaml, "a value or a list of values for '" + name + "'");
    }
    if (yaml.isCurrentAlias()) {
      throw new UserError(
          at(file, yaml.currentTokenLocation().getLineNr())
              + ": expected a value for '%s', found the alias '*%s'; write the value itself"
                  .formatted(name, yaml.getText()));
    }
    return yaml.getText();
  }

  private static UserError unexpected(Path file, YAMLParser yaml, String expected) {
    JsonToken token = yaml.currentToken();
    String found =
        switch (token) {
          case START_OBJECT -> "a mapping";
          case START_ARRAY -> "a list";
          case VALUE_NULL -> "nothing";
          default -> "a single value";
        };
    int line = yaml.currentTokenLocation().getLineNr();
    return new UserError(at(file, line) + ": expected " + expected + ", found " + found);
  }

  private static UserError broken(Path file, JsonProcessingException broken) {
    JsonLocation location = broken.getLocation();
    String problem = broken.getOriginalMessage().lines().findFirst().orElse("unreadable");
    String where = location == null ? file.toString() : at(file, location.getLineNr());
    return new UserError(where + ": not valid YAML: " + problem, broken);
  }

  private static String at(Path file, int line) {
    return file + ":" + line;
  }
}
