package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.CommandRunner;
import io.github.tfkfac.tools.cli.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detectors that overfit a few real images, from random weights. */
@Tag("long")
@Tag("data")
@Tag("detector")
class OverfitGateTest {

  @TempDir Path runs;

  @ParameterizedTest
  @ValueSource(strings = {"sgdm", "nkfac"})
  void sixPicturesOfBloodCellsAreFoundAgain(String optimizer) {
    assertPasses(optimizer, "bccd-tiny", "1,2,3,4,5,6", "--steps=600", "--expect=AP50=0.85");
    assertPasses(
        optimizer, "bccd-tiny", "1,2,3,4,5,6", "--steps=1200", "--expect=AP=0.75,AP75=0.9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgdm", "nkfac"})
  void fourPicturesWithMasksAreFoundAgain(String optimizer) {
    assertPasses(
        optimizer,
        "coco-tiny",
        "144941,173350,331352,555705",
        "--masks",
        "--steps=1200",
        "--expect=AP50=0.8",
        "--expect-masks=AP50=0.6");
  }

  private void assertPasses(String optimizer, String data, String ids, String... more) {
    String root = System.getenv("KFAC_DATA");
    assertThat(root).as("KFAC_DATA, the folder of real data").isNotNull();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "detect",
                "overfit",
                "--data=" + Path.of(root, data),
                "--ids=" + ids,
                "--optimizer=" + optimizer,
                "--eval-every=0",
                "--runs=" + runs));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false);
    int exitCode =
        new CommandRunner(console, Map.of("detect", DetectCommand.line(console)))
            .run(arguments.toArray(String[]::new));
    assertThat(exitCode).as("%s%n%s", out, err).isZero();
  }
}
