package io.github.tfkfac.tools.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.Positions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.SolverTimings;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.internal.linalg.AutoSolver;
import io.github.tfkfac.tools.error.UserError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
  @MethodSource("io.github.tfkfac.tools.run.OptimizerSettings#names")
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

  @ParameterizedTest
  @MethodSource("io.github.tfkfac.tools.run.OptimizerSettings#names")
  void anOptimizerHasTheOptionsThatItUsesAndNoOthers(String name) {
    Map<String, String> values = OptimizerSettings.defaults(name).values();
    boolean secondOrder = name.contains("kfac") || name.equals("two-level");

    assertThat(values.containsKey("momentum"))
        .isEqualTo(
            !Set.of("adankfac", "adamw", "radam", "adabelief", "shampoo", "soap").contains(name));
    assertThat(values.containsKey("inverse-period")).isEqualTo(secondOrder);
    assertThat(values.containsKey("stat-period")).isEqualTo(secondOrder && !name.contains("skfac"));
    assertThat(values.containsKey("step-rule"))
        .isEqualTo(Set.of("nkfac", "adankfac").contains(name));
    assertThat(values.containsKey("exact-solver"))
        .isEqualTo(Set.of("nkfac", "adankfac", "kfac-tikhonov", "kfac-star").contains(name));
  }

  @Test
  void valuesAreRecordedInOneForm() {
    assertThat(RunSettings.of(Map.of("damping", "0.003")))
        .isEqualTo(RunSettings.of(Map.of("damping", "3e-3")));
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
  void aSolverThatWasMeasuredIsReadAgain() {
    String choice = "auto:64=cholesky,256=lu,1024=eigen";
    RunSettings settings = RunSettings.of(Map.of("exact-solver", choice));

    assertThat(settings.options()).containsEntry("exact-solver", choice);
    KfacOptions built = settings.optimizer().kfac(10).orElseThrow();
    SolverTimings timings =
        ((AutoSolver) ((Approximation.Inverses) built.approximation()).exactSolver()).timings();
    assertThat(timings.fastest(60)).isEqualTo(InverseSolver.cholesky());
    assertThat(timings.fastest(250)).isEqualTo(InverseSolver.lu());
    assertThat(timings.fastest(5000)).isEqualTo(InverseSolver.eigen());
    assertThatThrownBy(() -> RunSettings.of(Map.of("exact-solver", "auto:n=lu")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "expected one of block, cholesky, lu, eigen, auto for 'exact-solver'");
  }

  @Test
  void everyOptionOfCurvatureAndLayersHasItsEffect() {
    Map<String, String> given = new HashMap<>();
    given.put("fisher", "sampled");
    given.put("positions", "reduce");
    given.put("certify", "0.125");
    given.put("normalization-blocks", "true");
    given.put("refresh", "staggered");
    given.put("damping", "0.5");
    given.put("norm-control", "kl-clip");
    given.put("kl-clip", "0.25");
    given.put("exact-solver", "auto");
    given.put("max-factor", "100");
    given.put("large-factors", "one-sided");
    given.put("skip-layers", "a*,b");
    given.put("layer-damping", "c=0.75,d*=2.0");
    given.put("layer-period", "c=7");
    given.put("layer-solver", "e=lu");
    given.put("strict", "true");

    RunSettings settings = RunSettings.of(given);
    assertThat(settings.options()).containsAllEntriesOf(given);
    assertThat(RunSettings.of(settings.options())).isEqualTo(settings);
    KfacOptions built = settings.optimizer().kfac(10).orElseThrow();
    assertThat(built.factors().fisher()).isInstanceOf(Fisher.Sampled.class);
    assertThat(built.factors().positions()).isEqualTo(Positions.reduce());
    assertThat(((Approximation.Inverses) built.approximation()).certification())
        .hasValueSatisfying(some -> assertThat(some.tolerance()).isEqualTo(0.125));
    assertThat(built.layers().normalization()).isEqualTo(NormalizationParameters.UNITWISE);
    assertThat(built.refreshes().spread()).isEqualTo(RefreshPolicy.Spread.STAGGERED);
    assertThat(built.normControl()).isEqualTo(NormControl.klClip(0.25));
    LayerOptions layers = built.layers();
    assertThat(layers.limit()).isEqualTo(FactorLimit.oneSided(100));
    assertThat(layers.skipped()).extracting(NamePattern::text).containsExactly("a*", "b");
    assertThat(layers.overrides())
        .extracting(override -> override.pattern().text())
        .containsExactly("c", "d*", "c", "e");
    assertThat(layers.overrides().get(0).damping().orElseThrow().strength())
        .isEqualTo(Schedule.constant(0.75));
    assertThat(layers.fallback()).isEqualTo(LayerOptions.Fallback.FAIL);
  }

  @Test
  void dampingKeepsItsKind() {
    assertThat(dampingOf("nkfac")).isInstanceOf(Damping.Relative.class);
    assertThat(dampingOf("kfac")).isEqualTo(Damping.absolute(0.5));
    assertThat(dampingOf("kfac-tikhonov")).isEqualTo(Damping.factoredTikhonov(0.5));
    assertThat(dampingOf("skfac")).isEqualTo(Damping.squareRoot(0.5));
  }

  private static Damping dampingOf(String optimizer) {
    return RunSettings.of(Map.of("optimizer", optimizer, "damping", "0.5"))
        .optimizer()
        .kfac(1)
        .orElseThrow()
        .approximation()
        .damping();
  }

  @Test
  void dampingAndClipMayChangeOverTheRun() {
    Map<String, String> given =
        Map.of(
            "optimizer", "kfac",
            "damping", "cosine:0.5:0.25",
            "kl-clip", "cosine:0.1:0.2",
            "layer-damping", "a*=cosine:1.0:2.0");
    RunSettings settings = RunSettings.of(given);

    assertThat(settings.options()).containsAllEntriesOf(given);
    assertThat(RunSettings.of(settings.options())).isEqualTo(settings);
    KfacOptions built = settings.optimizer().kfac(70).orElseThrow();
    assertThat(built.approximation().damping().strength())
        .isEqualTo(Schedule.cosine(0.5, 0.25, 70));
    assertThat(built.normControl()).isEqualTo(NormControl.klClip(Schedule.cosine(0.1, 0.2, 70)));
    assertThat(built.layers().overrides().get(0).damping().orElseThrow().strength())
        .isEqualTo(Schedule.cosine(1, 2, 70));
  }

  @Test
  void changingTheNormControlDropsTheOldOnesSetting() {
    Map<String, String> given = Map.of("optimizer", "kfac", "norm-control", "none");

    assertThat(RunSettings.of(Map.of("optimizer", "kfac")).options()).containsKey("kl-clip");
    assertThat(RunSettings.of(given).options()).doesNotContainKey("kl-clip");
  }

  @Test
  void unknownOptionsAndMalformedValuesAreRejected() {
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
