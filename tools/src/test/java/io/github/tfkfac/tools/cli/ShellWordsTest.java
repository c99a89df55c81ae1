package io.github.tfkfac.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellWordsTest {

  @Test
  void wordsAreQuotedOnlyWhereTheShellNeedsIt() {
    assertThat(
            ShellWords.join(List.of("./kfac", "--lr=0.1", "nkfac:a=1;b=2", "my runs", "it's", "")))
        .isEqualTo("./kfac --lr=0.1 'nkfac:a=1;b=2' 'my runs' 'it'\\''s' ''");
  }

  @Test
  void pathsBelowTheWorkingDirectoryAreShort() {
    assertThat(ShellWords.path(Path.of("runs", "a").toAbsolutePath())).isEqualTo("runs/a");
    assertThat(ShellWords.path(Path.of("/elsewhere/x"))).isEqualTo("/elsewhere/x");
  }
}
