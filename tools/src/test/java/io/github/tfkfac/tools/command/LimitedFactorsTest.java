package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.OpenNetwork;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A perceptron on 60 x 60 images, whose first layer has 10,800 inputs. */
class LimitedFactorsTest {
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"nkfac", "adankfac", "kfac-star", "kfac-tikhonov", "kfac", "two-level"})
  void byDefaultAVeryWideLayersFactorBecomesBlocks(String optimizer) {
    Map<String, String> given = wide();
    given.put("optimizer", optimizer);
    RunSettings limited = limited(given);
    int rows = Integer.parseInt(limited.options().get("max-factor"));
    assertThat(rows).isBetween(128, 4096);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString())
        .contains("has a factor of 10801 rows")
        .contains("with --max-factor " + rows + " (blocks of " + rows + " rows)")
        .contains("--max-factor 0 sets no limit");
    assertThat(limited.options().get("large-factors")).isEqualTo("blocks");
    assertThat(RunSettings.of(limited.options()).options()).isEqualTo(limited.options());
  }

  @Test
  void ekfacLeavesOutAVeryWideFactor() {
    Map<String, String> given = wide();
    given.put("optimizer", "ekfac");
    RunSettings limited = limited(given);
    assertThat(limited.options().get("large-factors")).isEqualTo("one-sided");
    assertThat(err.toString())
        .contains(
            "with --large-factors one-sided --max-factor " + limited.options().get("max-factor"));
  }

  @Test
  void whatIsGivenWins() {
    for (String rows : new String[] {"0", "3000"}) {
      Map<String, String> given = wide();
      given.put("max-factor", rows);
      assertThat(limited(given).options()).containsEntry("max-factor", rows);
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void smallFactorsAndFirstOrderOptimizersHaveNoLimit() {
    Map<String, String> small = wide();
    small.put("image-size", "8");
    assertThat(limited(small).options()).containsEntry("max-factor", "0");
    Map<String, String> sgdm = wide();
    sgdm.put("optimizer", "sgdm");
    assertThat(limited(sgdm).options()).doesNotContainKey("max-factor");
    assertThat(err.toString()).isEmpty();
  }

  private static Map<String, String> wide() {
    return new HashMap<>(
        Map.of(
            "model", "mlp",
            "image-size", "60",
            "train-images", "64",
            "test-images", "16",
            "batch", "32"));
  }

  private RunSettings limited(Map<String, String> given) {
    RunSettings settings = RunSettings.of(given);
    DataSettings.Loaded images = settings.images();
    Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), false);
    try (OpenNetwork network = settings.open(images)) {
      return LimitedFactors.of(settings, given, images, network, console);
    }
  }
}
