package io.github.tfkfac.tools.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.internal.linalg.SpectralGuard;
import io.github.tfkfac.tools.error.UserError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The program's options and the methods of the library's options do the same to every preset. */
class OptimizerContractTest {

  private record Pair(Map<String, String> options, UnaryOperator<KfacOptions> method) {}

  private static final Map<String, Pair> PAIRS = pairs();

  private static Map<String, Pair> pairs() {
    Map<String, Pair> pairs = new LinkedHashMap<>();
    pairs.put(
        "withAverageDecay",
        new Pair(Map.of("average-decay", "0.5"), options -> options.withAverageDecay(0.5)));
    pairs.put(
        "withPeriods",
        new Pair(
            Map.of("stat-period", "7", "inverse-period", "21"),
            options -> options.withPeriods(7, 21)));
    pairs.put(
        "withNewton",
        new Pair(
            Map.of("newton-iterations", "3", "step-rule", "spectral-guard"),
            options -> options.withNewton(3, new SpectralGuard())));
    pairs.put(
        "withDamping",
        new Pair(
            Map.of("damping", "0.25"),
            options ->
                options.withDamping(
                    options.approximation().damping().withStrength(Schedule.constant(0.25)))));
    pairs.put("staggered", new Pair(Map.of("refresh", "staggered"), KfacOptions::staggered));
    pairs.put("strict", new Pair(Map.of("strict", "true"), KfacOptions::strict));
    return pairs;
  }

  static List<Arguments> methodsOfPresets() {
    List<Arguments> all = new ArrayList<>();
    for (String preset : OptimizerPreset.names()) {
      if (OptimizerPreset.named(preset).kfac().isPresent()) {
        PAIRS.keySet().forEach(method -> all.add(Arguments.of(preset, method)));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("methodsOfPresets")
  void theOptionDoesWhatTheMethodDoes(String preset, String method) {
    Pair pair = PAIRS.get(method);
    Map<String, String> given = new HashMap<>(pair.options());
    given.put("optimizer", preset);
    OptimizerSettings settings;
    try {
      settings = OptimizerSettings.of(given);
    } catch (UserError notOfThisPreset) {
      assertThat(notOfThisPreset).hasMessageContaining("the optimizer " + preset + " has no --");
      return;
    }
    KfacOptions plain = OptimizerSettings.defaults(preset).kfac(1).orElseThrow();
    assertThat(settings.kfac(1).orElseThrow()).isEqualTo(pair.method().apply(plain));
  }
}
