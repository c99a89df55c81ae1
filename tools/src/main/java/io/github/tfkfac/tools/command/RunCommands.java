package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Command lines about a run, to be copied into a shell.
 *
 * @param folder of the run
 * @param record its record
 */
record RunCommands(RunFolder folder, RunRecord record) {

  private static final String PROGRAM = "./kfac";
  private static final String NAME = "--name";
  private static final String AGAIN = "-again";

  /** Commands of one run, which {@code --resume} continues; others begin where they stopped. */
  private static final Set<String> RESUMABLE = Set.of("train", "finetune", "detect train");

  /** The line as it was typed, but for the folder, whose name is taken; empty if none was. */
  Optional<String> repeating() {
    if (record.arguments().isEmpty()) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>(List.of(PROGRAM));
    boolean afterName = false;
    for (String word : record.arguments()) {
      boolean names = RESUMABLE.contains(record.command());
      words.add(names && (afterName || word.startsWith(NAME + "=")) ? word + AGAIN : word);
      afterName = word.equals(NAME);
    }
    return Optional.of(ShellWords.join(words));
  }

  /** The line that continues it. */
  String resuming() {
    return RESUMABLE.contains(record.command())
        ? ShellWords.join(
            Stream.concat(
                    Stream.of(PROGRAM),
                    Stream.concat(
                        Stream.of(record.command().split(" ", -1)),
                        Stream.of("--resume", ShellWords.path(folder.path()))))
                .toList())
        : repeating().orElse(PROGRAM + " " + record.command());
  }

  /** The line that makes its page. */
  String reporting() {
    return ShellWords.join(List.of(PROGRAM, "report", ShellWords.path(folder.path())));
  }
}
