package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.CommandRun;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Settings;
import io.github.tfkfac.tools.worker.WorkerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The help shows what a run records. */
class HelpTest {

  /** An option begins further left than the lines that explain it. */
  private static final Pattern BEGIN = Pattern.compile("(?m)^ {2,6}(?=-)");

  private static final Pattern OPTION =
      Pattern.compile("--(?:\\[no-])?([a-z0-9-]+)[^ ]* .*\\(default: ([^)]*)\\)\\.");

  private static String help(String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out();
  }

  /** The defaults that a help names. */
  private static Map<String, String> defaults(String help) {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (String option : BEGIN.split(help, -1)) {
      Matcher found = OPTION.matcher(option.replaceAll("\\s+", " "));
      if (found.lookingAt()) {
        defaults.put(found.group(1), found.group(2));
      }
    }
    return defaults;
  }

  @Test
  void theDefaultsOfADetectorAreThoseThatARunRecords() {
    Map<String, String> shown = defaults(help("detect", "train", "--help-all"));

    shown.keySet().removeAll(Settings.names(WorkerSettings.TABLE));
    assertThat(shown)
        .containsEntry("lr", "0.01")
        .containsEntry("weight-decay", "2.0E-4")
        .containsEntry("warmup-steps", "50")
        .containsEntry("clip-norm", "10.0")
        .hasSizeGreaterThan(35);
    assertThat(DetectionSettings.of(Map.of()).options()).containsAllEntriesOf(shown);
    assertThat(
            defaults(
                help("detect", "train", "--detector=resnet50", "--optimizer=sgdm", "--help-all")))
        .containsEntry("lr", "0.02")
        .containsEntry("warmup-steps", "500")
        .doesNotContainKeys("stat-period");
  }

  @Test
  void theDefaultsOfAClassifierAreThoseThatARunRecords() {
    Map<String, String> shown = defaults(help("train", "--optimizer=ekfac", "--help-all"));

    assertThat(shown).containsEntry("start-timeout", "600").containsEntry("step-timeout", "300");
    shown.keySet().removeAll(Settings.names(WorkerSettings.TABLE));
    assertThat(shown).containsEntry("lr", "5.0E-4").hasSizeGreaterThan(30);
    assertThat(RunSettings.of(Map.of("optimizer", "ekfac")).options()).containsAllEntriesOf(shown);
    assertThat(defaults(help("finetune", "--help-all")))
        .containsEntry("mode", "inference")
        .containsEntry("lr", "5.0E-4");
    assertThat(defaults(help("detect", "overfit", "--help"))).containsEntry("steps", "600");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "finetune",
        "eval",
        "compare",
        "inspect",
        "experiment stepsize",
        "detect train",
        "detect overfit",
        "detect ablation",
        "detect inspect",
        "bench detector-memory"
      })
  void everyOptionStandsInASection(String command) {
    assertThat(help((command + " --help").split(" ", -1)).lines())
        .contains("Files and help:")
        .doesNotContain(":");
  }

  @Test
  void whatIsRejectedIsNotOffered() {
    assertThat(help("detect", "train", "--help-all")).doesNotContain("--schedule", "--last-factor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "finetune", "compare", "detect train"})
  void theShortHelpFitsOnTwoScreens(String command) {
    String[] words = (command + " --help").split(" ", -1);
    assertThat(help(words).lines().count()).isLessThanOrEqualTo(60);
    assertThat(help(words)).contains("--help-all");
  }

  @Test
  void valuesThatAreNoneDoNotKeepTheHelpFromBeingShown() {
    assertThat(help("train", "--optimizer=nkfak", "--help")).contains("--optimizer=NAME");
  }
}
