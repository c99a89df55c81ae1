package io.github.tfkfac.tools.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Main memory that this process occupies, the Java heap and TensorFlow's tensors included.
 *
 * @param residentBytes now; 0 if the system does not tell
 * @param peakBytes at most so far; 0 if the system does not tell
 */
public record ProcessMemory(long residentBytes, long peakBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESETS = Path.of("/proc/self/clear_refs");
  private static final String RESET_PEAK = "5";

  /** Current values as Linux reports them; zeros on other systems. */
  public static ProcessMemory current() {
    try {
      return parse(Files.isReadable(STATUS) ? Files.readString(STATUS) : "");
    } catch (IOException unreadable) {
      return parse("");
    }
  }

  /**
   * Lets the peak count from now on.
   *
   * @return whether the system allows it; otherwise the peak stays that of the whole process
   */
  public static boolean restartPeak() {
    try {
      Files.writeString(RESETS, RESET_PEAK);
      return true;
    } catch (IOException rejected) {
      return false;
    }
  }

  static ProcessMemory parse(String status) {
    return new ProcessMemory(bytes("VmRSS", status), bytes("VmHWM", status));
  }

  private static long bytes(String key, String status) {
    Matcher line = Pattern.compile("(?m)^" + key + ":\\s*(\\d+) kB$").matcher(status);
    return line.find() ? Long.parseLong(line.group(1)) * 1024 : 0;
  }
}
