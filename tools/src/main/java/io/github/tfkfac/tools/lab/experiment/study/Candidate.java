package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.compare.Arm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An optimizer with the settings that are tried for it: {@value #RATES} learning rates, a factor of
 * √10 apart, each with every value of one further option.
 *
 * @param optimizer its name on the command line
 * @param rate the learning rate in the middle
 * @param option the further option
 * @param values its values
 */
record Candidate(String optimizer, double rate, String option, List<String> values) {

  static final int RATES = 5;

  private static final double STEP = 10;

  /** The learning rates, to two digits. */
  List<Double> rates() {
    return Grid.logarithmic(rate / STEP, rate * STEP, RATES);
  }

  /** An arm for each setting. */
  List<Arm> arms(Map<String, String> common) {
    List<Arm> arms = new ArrayList<>();
    for (double each : rates()) {
      for (String value : values) {
        Map<String, String> options = new LinkedHashMap<>(common);
        options.put("optimizer", optimizer);
        options.put("lr", Double.toString(each));
        options.put(option, value);
        String label = "%s-lr%s-%s%s".formatted(optimizer, Grid.text(each), option, value);
        arms.add(new Arm(label, options));
      }
    }
    return arms;
  }

  /** The tried values in words. */
  String grid() {
    return "lr %s; %s %s"
        .formatted(
            String.join(", ", rates().stream().map(Grid::text).toList()),
            option,
            String.join(", ", values));
  }

  /** Whether a learning rate is the smallest or largest one tried. */
  boolean atTheEdge(double tried) {
    return tried == rates().get(0) || tried == rates().get(RATES - 1);
  }
}
