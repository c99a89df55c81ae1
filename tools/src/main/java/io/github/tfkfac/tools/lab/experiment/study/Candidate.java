package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.Arm;
import io.github.tfkfac.tools.lab.experiment.MeasuredRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An optimizer with the settings that are tried for it: {@value #LENGTHS} values of what scales its
 * steps, a factor of √10 apart, each with every value of one further option.
 *
 * @param optimizer its name on the command line
 * @param length the option that scales its steps: the learning rate, or the bound of the KL clip,
 *     with which the rate has no effect
 * @param middle the value in the middle
 * @param option the further option
 * @param values its values
 * @param fixed options that all of its settings have
 */
record Candidate(
    String optimizer,
    String length,
    double middle,
    String option,
    List<String> values,
    Map<String, String> fixed) {

  static final int LENGTHS = 5;

  private static final double STEP = 10;

  /** An optimizer whose learning rate is searched. */
  Candidate(String optimizer, double rate, String option, List<String> values) {
    this(optimizer, "lr", rate, option, values, Map.of());
  }

  /** What scales the steps, to two digits. */
  List<Double> lengths() {
    return Grid.logarithmic(middle / STEP, middle * STEP, LENGTHS);
  }

  /** An arm for each setting. */
  List<Arm> arms(Map<String, String> common) {
    List<Arm> arms = new ArrayList<>();
    for (double each : lengths()) {
      for (String value : values) {
        Map<String, String> options = new LinkedHashMap<>(common);
        options.put("optimizer", optimizer);
        options.putAll(fixed);
        options.put(length, Double.toString(each));
        options.put(option, value);
        String label = "%s-%s%s-%s%s".formatted(optimizer, length, Grid.text(each), option, value);
        arms.add(new Arm(label, options));
      }
    }
    return arms;
  }

  /** The tried values in words. */
  String grid() {
    return "%s %s; %s %s"
        .formatted(
            length,
            String.join(", ", lengths().stream().map(Grid::text).toList()),
            option,
            String.join(", ", values));
  }

  /** The setting of a run in words. */
  String setting(MeasuredRun run) {
    StringBuilder setting =
        new StringBuilder(
            "%s %s, %s %s".formatted(length, text(run, length), option, text(run, option)));
    fixed.forEach((name, value) -> setting.append(", ").append(name).append(' ').append(value));
    return setting.toString();
  }

  private static String text(MeasuredRun run, String option) {
    return Grid.text(Double.parseDouble(run.option(option)));
  }

  /** Whether a run has the smallest or largest tried step. */
  boolean atTheEdge(MeasuredRun run) {
    double tried = Double.parseDouble(run.option(length));
    return tried == lengths().get(0) || tried == lengths().get(LENGTHS - 1);
  }
}
