package io.github.tfkfac.tools.record;

import io.github.tfkfac.tools.error.UserError;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a text file, one in memory at a time. A last line without its line break is left out,
 * since its writing was cut off.
 */
final class WholeLines implements Closeable {
  private final Path path;
  private final BufferedReader file;

  WholeLines(Path path) throws IOException {
    this.path = path;
    this.file = Files.newBufferedReader(path);
  }

  /**
   * The next line without its line break, or null after the last.
   *
   * @throws UserError if the file is no UTF-8 text
   * @throws IOException if it cannot be read
   */
  @Nullable String next() throws IOException {
    try {
      StringBuilder line = new StringBuilder();
      for (int character = file.read(); character >= 0; character = file.read()) {
        if (character == '\n') {
          int length = line.length();
          boolean windows = length > 0 && line.charAt(length - 1) == '\r';
          return line.substring(0, windows ? length - 1 : length);
        }
        line.append((char) character);
      }
      return null;
    } catch (CharacterCodingException noText) {
      throw new UserError(path + ": expected UTF-8 text, found other bytes", noText);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
