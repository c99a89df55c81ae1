package io.github.tfkfac.tools.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Property of every reader: whatever it reads, it ends with a value or with an exception of the
 * library's own that names the place, and allocates no more than 256 MiB beyond what is needed.
 *
 * @param exceptions the types that the reader declares
 */
record Property(Set<Class<? extends Exception>> exceptions) {

  private static final long MOST_BYTES = 256L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Of a reader with exceptions of one type. */
  static Property throwing(Class<? extends Exception> exception) {
    return new Property(Set.of(exception));
  }

  /**
   * Reads, and fails unless the property holds.
   *
   * @param place part of the message of every exception
   * @param need bytes that the content needs by right
   * @param reading throws {@code AssertionError} if its value is wrong
   */
  void check(String place, long need, Callable<?> reading) throws Exception {
    long allocated = read(place, reading);
    if (allocated - need > MOST_BYTES) {
      // Classes that were loaded and TensorFlow that was started are not there a second time.
      allocated = read(place, reading);
    }
    if (allocated - need > MOST_BYTES) {
      throw new AssertionError(
          "expected at most " + MOST_BYTES + " bytes beyond " + need + ", found " + allocated);
    }
  }

  /** Reads, and returns how many bytes that took. */
  private long read(String place, Callable<?> reading) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reading.call();
    } catch (Exception e) {
      if (!exceptions.contains(e.getClass())) {
        throw e;
      }
      String message = String.valueOf(e.getMessage());
      if (!message.contains(place)) {
        throw new AssertionError(
            "expected a message that names " + place + ", found: " + message, e);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** The same for a file with this content. */
  void checkFile(Path file, byte[] content, Callable<?> reading) throws Exception {
    write(file, content);
    check(file.getFileName().toString(), 0, reading);
  }

  /** Writes a file and the folders above it. */
  static void write(Path file, byte[] content) throws IOException {
    if (!Files.isDirectory(file.getParent())) {
      Files.createDirectories(file.getParent());
    }
    Files.write(file, content);
  }

  /** Fails unless a value is as its content says. */
  static void require(boolean right, String what) {
    if (!right) {
      throw new AssertionError("expected " + what);
    }
  }
}
