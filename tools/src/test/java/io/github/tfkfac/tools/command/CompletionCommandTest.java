package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.CommandRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class CompletionCommandTest {

  @TempDir Path folder;

  @Test
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    CommandRun run = CommandRun.of("completion");
    assertThat(run.exitCode()).isZero();
    Files.writeString(folder.resolve("completion"), run.out());

    assertThat(completed("tr")).containsExactly("train");
    assertThat(completed("detect", "ov")).containsExactly("overfit");
    assertThat(completed("train", "--inverse")).contains("--inverse-period");
  }

  /** The words that bash offers for the last one. */
  private List<String> completed(String... words) throws IOException, InterruptedException {
    String script =
        """
        source "$1"; shift
        COMP_WORDS=(kfac "$@"); COMP_CWORD=$#
        _complete_kfac
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    List<String> command =
        new ArrayList<>(
            List.of("bash", "-c", script, "bash", folder.resolve("completion").toString()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String offered = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return offered.lines().map(String::strip).toList();
  }
}
