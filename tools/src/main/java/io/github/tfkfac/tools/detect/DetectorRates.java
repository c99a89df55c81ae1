package io.github.tfkfac.tools.detect;

import io.github.tfkfac.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Default hyper-parameters of optimizers on detectors, and the learning rate's schedule.
 *
 * <p>The published recipes train by SGD with a rate of 0.02 for 16 images and a decay of 1e-4. For
 * NKFAC nothing is published; on the classification tasks its rate is half of SGD's and its decay
 * twice as much, which is assumed here as well. The small detector's images are so small that whole
 * factors of its widest convolutions (order 4,608) would take most of a step: they become blocks.
 */
final class DetectorRates {

  private static final double WARM_UP_START = 1e-3;
  private static final double DROP = 0.1;

  private DetectorRates() {}

  /** Linear warm-up, then the rate that goes with the batch, a tenth of it after each drop. */
  static Schedule schedule(DetectionSettings settings) {
    double images = (double) settings.batch() * settings.optimizer().accumulation();
    Schedule dropping =
        Schedule.milestones(
            settings.optimizer().learningRate() * images / settings.rateBatch(),
            DROP,
            settings.drops().stream()
                .map(part -> Math.max(1, Math.round(part * settings.steps())))
                .distinct() // drops of a very short run may meet
                .toList());
    return settings.warmUpSteps() == 0
        ? dropping
        : dropping.withWarmUp(settings.warmUpSteps(), WARM_UP_START);
  }

  /** Options by name. */
  static Map<String, String> of(String optimizer, boolean small) {
    Map<String, String> options = new LinkedHashMap<>();
    boolean first = optimizer.equals("sgdm") || optimizer.equals("nesterov");
    if (first) {
      options.put("lr", "0.02");
      options.put("weight-decay", "1e-4");
    } else if (optimizer.equals("nkfac") || optimizer.endsWith("-star")) {
      options.put("lr", "0.01");
      options.put("weight-decay", "2e-4");
      if (optimizer.equals("nkfac") && small) {
        options.put("stat-period", "10");
        options.put("inverse-period", "50");
        options.put("max-factor", "1152");
      }
    }
    if (small) {
      options.put("clip-norm", "10");
    }
    return options;
  }
}
