package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.AverageDecay;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.ParameterGroups;
import io.github.tfkfac.ParameterGroups.Settings;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.internal.linalg.SpectralGuard;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

/** A changed number changes this number alone: neither a kind nor anything set before. */
class OptionChangesTest {

  private static final Map<String, KfacOptions> PRESETS = presets();

  private static Map<String, KfacOptions> presets() {
    Map<String, KfacOptions> presets = new LinkedHashMap<>();
    presets.put("nkfac", KfacOptions.nkfac());
    presets.put("adaNkfac", KfacOptions.adaNkfac());
    presets.put("kfac", KfacOptions.kfac());
    presets.put("kfacTikhonov", KfacOptions.kfacTikhonov());
    presets.put("ekfac", KfacOptions.ekfac());
    presets.put("twoLevel", KfacOptions.twoLevel());
    presets.put("kfacStar", KfacOptions.kfacStar());
    presets.put("skfac", KfacOptions.skfac());
    presets.put("skfacStar", KfacOptions.skfacStar());
    KfacOptions kernels = KfacOptions.nkfac();
    presets.put(
        "decaying kernels only",
        kernels.withTraining(given -> given.withGroups(ParameterGroups.decayKernelsOnly(0.1))));
    presets.put("staggered", KfacOptions.kfac().staggered());
    return presets;
  }

  /**
   * A change of numbers.
   *
   * @param fields the last names of the paths to what changes
   */
  private record Change(String name, UnaryOperator<KfacOptions> change, Set<String> fields) {}

  private static final List<Change> CHANGES =
      List.of(
          new Change("average decay", options -> options.withAverageDecay(0.375), Set.of("decay")),
          new Change(
              "learning rate", options -> options.withLearningRate(0.375), Set.of("learningRate")),
          new Change("weight decay", options -> options.withWeightDecay(0.375), Set.of("groups")),
          new Change(
              "weight decay schedule",
              options ->
                  options.withTraining(given -> given.withWeightDecay(Schedule.constant(0.375))),
              Set.of("groups")),
          new Change(
              "periods", options -> options.withPeriods(7, 77), Set.of("statistics", "refreshes")),
          new Change(
              "damping",
              options ->
                  options.withDamping(
                      options.approximation().damping().withStrength(Schedule.constant(0.375))),
              Set.of("damping")));

  static List<Arguments> changesOfPresets() {
    List<Arguments> all = new ArrayList<>();
    PRESETS.forEach(
        (name, options) ->
            CHANGES.forEach(change -> all.add(Arguments.of(name, change.name(), options, change))));
    return all;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("changesOfPresets")
  void aChangedNumberLeavesKindsAndEverythingElse(
      String preset, String name, KfacOptions options, Change change) {
    KfacOptions changed = change.change().apply(options);
    Map<String, Object> before = leaves(options);
    Map<String, Object> after = leaves(changed);
    assertThat(after.keySet()).as("kinds").isEqualTo(before.keySet());
    Set<String> differing = new TreeSet<>();
    before.forEach(
        (path, value) -> {
          if (!value.equals(after.get(path))) {
            differing.add(path);
          }
        });
    assertThat(differing).hasSize(change.fields().size());
    assertThat(differing)
        .allSatisfy(path -> assertThat(path.split("[./]")).containsAnyElementsOf(change.fields()));
  }

  /** The numbers and other values that options consist of, by their path with every kind in it. */
  private static Map<String, Object> leaves(Object options) {
    Map<String, Object> leaves = new TreeMap<>();
    collect(options, "", leaves);
    return leaves;
  }

  private static void collect(Object value, String path, Map<String, Object> leaves) {
    if (!value.getClass().isRecord()) {
      leaves.put(path, value);
      return;
    }
    String kind = path + "/" + value.getClass().getSimpleName();
    leaves.put(kind, "present");
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        collect(component.getAccessor().invoke(value), kind + "." + component.getName(), leaves);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  @Test
  void theLimitOfAGrowingAverageIsSet() {
    assertThat(KfacOptions.kfac().withAverageDecay(0.9).factors().decay())
        .isEqualTo(AverageDecay.growing(0.9));
    assertThat(KfacOptions.nkfac().withAverageDecay(0.9).factors().decay())
        .isEqualTo(AverageDecay.fixed(0.9));
    assertThat(AverageDecay.scheduled(Schedule.constant(0.5)).withShare(0.9))
        .isEqualTo(AverageDecay.fixed(0.9));
    assertThatThrownBy(() -> KfacOptions.kfac().withAverageDecay(1))
        .hasMessage("expected the moving average's decay in [0, 1), found 1.0");
  }

  @Test
  void groupsOfTheUsersKeepTheirFactorsAndWhatTheyExempt() {
    ParameterGroups own =
        (name, shape) ->
            name.equals("slow") ? new Settings(0.25, 0.5) : new Settings(0, name.length());
    ParameterGroups changed =
        KfacOptions.nkfac().training().withGroups(own).withWeightDecay(0.75).groups();
    assertThat(changed.of("slow", Shape.of(2))).isEqualTo(new Settings(0.75, 0.5));
    assertThat(changed.of("bare", Shape.of(2))).isEqualTo(new Settings(0, 4));
  }

  @Test
  void iterationsThatNoRefreshWouldTakeAreRejected() {
    for (String preset : List.of("kfacStar", "kfacTikhonov")) {
      assertThatThrownBy(() -> PRESETS.get(preset).withNewton(3, new SpectralGuard()))
          .as(preset)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("found that every refresh is exact")
          .hasMessageContaining("withRefreshes(RefreshPolicy.every(200))");
    }
    KfacOptions some = KfacOptions.kfacTikhonov().withRefreshes(RefreshPolicy.every(200));
    assertThat(some.withNewton(3, new SpectralGuard()).refreshes())
        .isEqualTo(RefreshPolicy.every(200));
  }
}
