package io.github.tfkfac.tools.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Many targets in one process, for long runs: the first byte of an input chooses the target, the
 * rest is what the reader gets. The property {@code fuzz.targets} names them, all by default; one
 * that has had twice its share of the time passes its inputs over. {@code fuzz.sh} runs it.
 */
public final class EveryReader {

  private static final List<Object> CLASSES =
      List.of(
          new DataFuzzTest(), new CocoFuzzTest(), new SavedModelFuzzTest(), new SettingsFuzzTest());
  private static final List<Target> TARGETS = targets();
  private static final Path TABLE = Path.of(System.getProperty("fuzz.table", "table.txt"));
  private static final long BETWEEN_TABLES = 10_000_000_000L;
  private static final long BEFORE_SHARES = 120_000_000_000L;

  private static final AtomicLong LAST_TABLE = new AtomicLong(System.nanoTime());
  private static final AtomicLong NANOSECONDS = new AtomicLong();

  /** One target and what it has done. */
  private static final class Target {

    final Object instance;
    final Method method;
    long executions;
    long nanoseconds;
    long faults;

    Target(Object instance, Method method) {
      this.instance = instance;
      this.method = method;
      method.setAccessible(true);
    }

    String name() {
      return instance.getClass().getSimpleName() + "." + method.getName();
    }
  }

  private EveryReader() {}

  private static List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    List<String> wanted = List.of(System.getProperty("fuzz.targets", "").split(","));
    try {
      Path folder = Files.createTempDirectory("fuzz");
      DataFuzzTest.folder = folder;
      CocoFuzzTest.folder = folder;
      SavedModelFuzzTest.folder = folder;
      SettingsFuzzTest.folder = folder;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    for (Object instance : CLASSES) {
      Arrays.stream(instance.getClass().getDeclaredMethods())
          .filter(method -> method.isAnnotationPresent(FuzzTest.class))
          .sorted(Comparator.comparing(Method::getName))
          .map(method -> new Target(instance, method))
          .filter(target -> wanted.equals(List.of("")) || wanted.contains(target.name()))
          .forEach(targets::add);
    }
    return targets;
  }

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) throws Throwable {
    if (data.length == 0) {
      return;
    }
    Target target = TARGETS.get(Byte.toUnsignedInt(data[0]) % TARGETS.size());
    long all = NANOSECONDS.get();
    if (all > BEFORE_SHARES && target.nanoseconds > 2 * all / TARGETS.size()) {
      return;
    }
    long start = System.nanoTime();
    try {
      target.method.invoke(target.instance, (Object) Arrays.copyOfRange(data, 1, data.length));
    } catch (InvocationTargetException e) {
      target.faults++;
      throw e.getCause();
    } finally {
      long end = System.nanoTime();
      target.executions++;
      target.nanoseconds += end - start;
      NANOSECONDS.addAndGet(end - start);
      if (end - LAST_TABLE.get() > BETWEEN_TABLES) {
        LAST_TABLE.set(end);
        writeTable();
      }
    }
  }

  private static void writeTable() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Target target : TARGETS) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-36s %12d %8.0f %6d",
              target.name(),
              target.executions,
              target.nanoseconds / 1e9,
              target.faults));
    }
    Files.write(TABLE, lines);
  }

  /** Writes the kept inputs into a folder, each behind the byte that chooses its target. */
  public static void main(String[] arguments) throws IOException {
    Path seeds = Path.of(arguments[0]);
    Path corpus = Files.createDirectories(Path.of(arguments[1]));
    for (int number = 0; number < TARGETS.size(); number++) {
      Target target = TARGETS.get(number);
      Path folder =
          seeds
              .resolve(target.instance.getClass().getSimpleName() + "Inputs")
              .resolve(target.method.getName());
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          byte[] content = Files.readAllBytes(file);
          byte[] chosen = new byte[content.length + 1];
          chosen[0] = (byte) number;
          System.arraycopy(content, 0, chosen, 1, content.length);
          Files.write(corpus.resolve(target.name() + "-" + file.getFileName()), chosen);
        }
      }
    }
  }
}
