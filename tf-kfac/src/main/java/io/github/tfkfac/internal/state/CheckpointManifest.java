package io.github.tfkfac.internal.state;

import io.github.tfkfac.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Manifest of a checkpoint's folder: the variables, the files with size and checksum, and the
 * user's record.
 *
 * @param variables name, type and shape of every variable, in order
 * @param files size and checksum by file name
 * @param record the user's own entries
 */
public record CheckpointManifest(
    List<String> variables, Map<String, String> files, Map<String, String> record) {

  /** Name of its file. */
  public static final String FILE = "checkpoint.properties";

  private static final String FORMAT = "1";

  public CheckpointManifest {
    variables = List.copyOf(variables);
    files = Map.copyOf(files);
    record = Map.copyOf(record);
  }

  /** Describes the files that lie in a folder now. */
  public static CheckpointManifest describing(
      Path folder, List<String> variables, Map<String, String> record) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path file : entries.toList()) {
        files.put(file.getFileName().toString(), sizeAndChecksum(file));
      }
    }
    return new CheckpointManifest(variables, files, record);
  }

  public void write(Path folder) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("format", FORMAT);
    properties.setProperty("variables", Integer.toString(variables.size()));
    for (int i = 0; i < variables.size(); i++) {
      properties.setProperty("variable." + i, variables.get(i));
    }
    files.forEach((name, value) -> properties.setProperty("file." + name, value));
    record.forEach((name, value) -> properties.setProperty("record." + name, value));
    StringWriter text = new StringWriter();
    properties.store(text, null);
    List<String> lines =
        text.toString().lines().filter(line -> !line.startsWith("#")).sorted().toList();
    Files.write(folder.resolve(FILE), lines, StandardCharsets.UTF_8);
  }

  /**
   * Reads a folder's manifest and checks its files against it.
   *
   * @throws CheckpointException if something is missing, cut short or altered
   */
  public static CheckpointManifest readAndVerify(Path folder) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve(FILE), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          "expected a checkpoint in " + folder + ", found no " + FILE + " there", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new CheckpointException(
          "the checkpoint in " + folder + " has an unreadable " + FILE, e);
    }
    String format = properties.getProperty("format", "none");
    if (!format.equals(FORMAT)) {
      throw new CheckpointException(
          "expected checkpoint format " + FORMAT + " in " + folder + ", found " + format);
    }
    List<String> variables = new ArrayList<>();
    String count = properties.getProperty("variables", "0");
    Map<String, String> listed = withPrefix(properties, "variable.");
    if (!count.equals(Integer.toString(listed.size()))) {
      throw new CheckpointException(
          "the checkpoint in %s is damaged: expected %s variables in %s, found %d"
              .formatted(folder, count, FILE, listed.size()));
    }
    for (int i = 0; i < listed.size(); i++) {
      variables.add(listed.getOrDefault(Integer.toString(i), ""));
    }
    Map<String, String> files = withPrefix(properties, "file.");
    for (Map.Entry<String, String> file : files.entrySet()) {
      verify(folder, file.getKey(), file.getValue());
    }
    return new CheckpointManifest(variables, files, withPrefix(properties, "record."));
  }

  private static void verify(Path folder, String name, String expected) {
    if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
      throw new CheckpointException(
          "expected names of files of the checkpoint in %s in its %s, found '%s'"
              .formatted(folder, FILE, name));
    }
    String found;
    try {
      found = sizeAndChecksum(folder.resolve(name));
    } catch (NoSuchFileException e) {
      throw new CheckpointException("the checkpoint in " + folder + " lacks its file " + name, e);
    } catch (IOException e) {
      throw new CheckpointException(
          "the file " + name + " of the checkpoint in " + folder + " cannot be read", e);
    }
    if (!found.equals(expected)) {
      throw new CheckpointException(
          "the checkpoint in "
              + folder
              + " is damaged: expected "
              + expected
              + " in "
              + name
              + ", found "
              + found);
    }
  }

  private static Map<String, String> withPrefix(Properties properties, String prefix) {
    Map<String, String> found = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(prefix)) {
        found.put(key.substring(prefix.length()), properties.getProperty(key));
      }
    }
    return found;
  }

  private static String sizeAndChecksum(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    long size = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        checksum.update(buffer, 0, n);
        size += n;
      }
    }
    return size + " bytes, crc32c " + Long.toHexString(checksum.getValue());
  }
}
