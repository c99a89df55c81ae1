package io.github.tfkfac.tools.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.error.UserError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunSettingsTest {

  @Test
  void withoutOptionsTheFirstRunIsShortAndRefreshesInEveryWay() {
    RunSettings settings = RunSettings.of(Map.of());

    assertThat(settings.values())
        .containsEntry("dataset", "generated")
        .containsEntry("model", "resnet20")
        .containsEntry("optimizer", "nkfac")
        .containsEntry("stat-period", "10")
        .containsEntry("inverse-period", "50")
        .containsEntry("epochs", "5")
        .containsEntry("augment", "false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nkfac", "adankfac", "sgdm", "adamw"})
  void optionsMakeTheSameSettingsAgain(String optimizer) {
    RunSettings settings =
        RunSettings.of(
            Map.of("dataset", "cifar10", "data", "/data", "optimizer", optimizer, "lr", "0.25"));

    assertThat(RunSettings.of(settings.options())).isEqualTo(settings);
    assertThat(RunSettings.optionNames()).containsAll(settings.options().keySet());
    assertThat(settings.options()).containsEntry("lr", "0.25").containsEntry("augment", "true");
  }

  @Test
  void defaultsDependOnOptimizerAndDataSet() {
    Map<String, String> sgdm =
        RunSettings.of(Map.of("optimizer", "sgdm", "dataset", "mnist", "data", "d")).options();
    Map<String, String> nkfac =
        RunSettings.of(Map.of("optimizer", "nkfac", "dataset", "cifar100", "data", "d")).options();

    assertThat(sgdm)
        .containsEntry("lr", "0.1")
        .containsEntry("weight-decay", "5.0E-4")
        .containsEntry("epochs", "10")
        .containsEntry("augment", "false")
        .doesNotContainKey("stat-period");
    assertThat(nkfac)
        .containsEntry("lr", "0.05")
        .containsEntry("stat-period", "20")
        .containsEntry("inverse-period", "200");
  }

  @Test
  void anImageFolderHasASizeAndACrop() {
    Map<String, String> given = Map.of("dataset", "image-folder", "data", "/d", "crop", "0.5");
    RunSettings settings = RunSettings.of(given);

    assertThat(settings.options())
        .containsEntry("image-size", "224")
        .containsEntry("crop", "0.5")
        .containsEntry("augment", "true");
    assertThat(RunSettings.of(settings.options())).isEqualTo(settings);
  }

  @Test
  void everyOptionHasItsEffect() {
    Map<String, String> given =
        Map.of(
            "momentum", "0.8",
            "schedule", "step",
            "last-factor", "0.5",
            "warmup-steps", "3",
            "clip-norm", "2.0",
            "accumulation", "2",
            "average-decay", "0.9",
            "newton-iterations", "2",
            "step-rule", "spectral-guard",
            "exact-solver", "eigen");

    assertThat(RunSettings.of(given).options()).containsAllEntriesOf(given);
  }

  @Test
  void unknownOptionsAndMalformedValuesAreRefused() {
    assertThatThrownBy(() -> RunSettings.of(Map.of("epoch", "3")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("did you mean 'epochs'?");
    assertThatThrownBy(() -> RunSettings.of(Map.of("strict", "yes")))
        .hasMessage("expected true or false for 'strict', found 'yes'");
    assertThatThrownBy(() -> RunSettings.of(Map.of("epochs", "1.5")))
        .hasMessage("expected a whole number for 'epochs', found '1.5'");
  }

  @Test
  void momentumIsNotForAdam() {
    OptimizerSettings adam = OptimizerSettings.defaults("adankfac");

    assertThatThrownBy(() -> adam.requireUses(List.of("momentum")))
        .hasMessageContaining("adankfac has no --momentum");
    adam.requireUses(List.of("stat-period", "lr", "batch"));
  }
}
