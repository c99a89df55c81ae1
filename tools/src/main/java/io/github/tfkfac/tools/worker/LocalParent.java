package io.github.tfkfac.tools.worker;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The process that started this one as one of several workers on a machine. It asks for the end of
 * the run by closing this one's standard input, which also happens when it dies.
 *
 * @param count number of its workers
 */
public record LocalParent(int count) {

  static final String PROPERTY = "kfac.local-workers";

  /** The parent, unless this process was started in another way. */
  public static Optional<LocalParent> ofThisProcess() {
    return Optional.ofNullable(Integer.getInteger(PROPERTY)).map(LocalParent::new);
  }

  /** The command line as it was typed, without what {@link LocalWorkers} added for this one. */
  public List<String> typed(List<String> arguments) {
    return arguments.subList(0, arguments.lastIndexOf(LocalWorkers.ADDED));
  }

  /** Calls {@code stop}, from a thread of its own, when the parent asks for the end or is gone. */
  public void whenGone(Runnable stop) {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // nothing is sent
                }
              } catch (IOException closed) {
                // the same as its end
              }
              stop.run();
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
